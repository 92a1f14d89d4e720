// SPDX-License-Identifier: Apache-2.0
// How fast a capture file becomes biflows: ours beside libpcap, which only counts, and libpcap with a hash map.
// usage: morgana_benchmark_captures [--packets N] [--flows N] [--pairs N]
//        morgana_benchmark_captures --make FILE [--packets N] [--flows N]
//        morgana_benchmark_captures --read FILE       ours once: packets, biflows, payload bytes, seconds
#include <fmt/format.h>
#include <pcap/pcap.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <unordered_map>
#include <vector>

#include "biflows/assembler.hpp"
#include "files/visit_files.hpp"
#include "packets/capture_reader.hpp"
#include "packets/dissect.hpp"

namespace {

using namespace morgana;
namespace fs = std::filesystem;

/// Processor time of this one-threaded program, so that foreign load counts little.
double seconds_now() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void put(std::vector<std::uint8_t>& bytes, std::uint64_t value, int size, bool big = true) {
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> 8 * (big ? size - 1 - i : i)));
}

/// TCP over IPv4 on Ethernet, biflows mixed as a busy link has them: most packets belong to a few of them.
void make_capture(const fs::path& file, std::size_t packets, std::size_t flows) {
  std::mt19937_64 random(7);
  std::ofstream out(file, std::ios::binary);
  std::vector<std::uint8_t> bytes;
  put(bytes, 0xa1b2c3d4, 4, false), put(bytes, 2, 2, false), put(bytes, 4, 2, false), put(bytes, 0, 8, false);
  put(bytes, 262144, 4, false), put(bytes, 1, 4, false);
  std::uint64_t microseconds = 1'600'000'000'000'000;
  for (std::size_t i = 0; i < packets; ++i) {
    const double u = static_cast<double>(random() % 1'000'000) / 1e6;
    const auto flow = static_cast<std::uint32_t>(u * u * static_cast<double>(flows));
    const bool up = random() % 5 < 2;
    const std::uint32_t payload =
        up ? (random() % 3 == 0 ? random() % 600 : 0) : (random() % 4 == 0 ? 0 : 400 + random() % 400);
    const std::uint32_t phone = 0x0a000000 + flow % 65000, server = 0xcb007100 + flow / 65000 % 200;
    const std::uint32_t port = 1024 + flow % 60000;
    microseconds += random() % 100;
    put(bytes, microseconds / 1'000'000, 4, false), put(bytes, microseconds % 1'000'000, 4, false);
    put(bytes, 54 + payload, 4, false), put(bytes, 54 + payload, 4, false);
    put(bytes, 0x020000000001, 6), put(bytes, 0x020000000002, 6), put(bytes, 0x0800, 2);
    put(bytes, 0x4500, 2), put(bytes, 40 + payload, 2), put(bytes, 0, 4), put(bytes, 0x4006, 2), put(bytes, 0, 2);
    put(bytes, up ? phone : server, 4), put(bytes, up ? server : phone, 4);
    put(bytes, up ? port : 443, 2), put(bytes, up ? 443 : port, 2), put(bytes, random(), 8);
    put(bytes, 0x5010, 2), put(bytes, 500, 2), put(bytes, 0, 4);
    bytes.resize(bytes.size() + payload, 0x5a);
    if (bytes.size() > 1 << 20) {
      out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
      bytes.clear();
    }
  }
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

struct Result {
  std::uint64_t packets = 0, bytes = 0, flows = 0;
};

Result by_us(const fs::path& file, std::size_t kept) {
  Result result;
  files::BytesRead bytes;
  files::visit_files(file, {".pcap"}, bytes, [&](const std::string& name, files::ByteSource& source) {
    packets::CaptureReader reader(source, name);
    packets::CapturedPacket packet;
    packets::Dissector dissector;
    biflows::Assembler assembler({.packets_kept = kept});
    while (reader.next(packet)) {
      ++result.packets;
      if (dissector.dissect(packet, assembler.segment()) == packets::Verdict::kSegment)
        assembler.add(packet.nanoseconds);
    }
    const auto found = std::move(assembler).finish();
    result.flows = found.size();
    for (const auto& biflow : found) result.bytes += biflow.both().payload_bytes;
  });
  return result;
}

/// Opens a file with libpcap and hands each packet on.
template <typename Visit>
void by_libpcap(const fs::path& file, Visit visit) {
  char fault[PCAP_ERRBUF_SIZE];
  pcap_t* capture = pcap_open_offline(file.c_str(), fault);
  if (capture == nullptr) throw std::runtime_error(fault);
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  while (pcap_next_ex(capture, &header, &bytes) == 1) visit(*header, bytes);
  pcap_close(capture);
}

Result counted(const fs::path& file) {
  Result result;
  by_libpcap(file, [&](const pcap_pkthdr& header, const u_char*) {
    ++result.packets;
    result.bytes += header.len;
  });
  return result;
}

struct Key {
  std::uint32_t low, high;
  std::uint16_t low_port, high_port;
  bool operator==(const Key&) const = default;
};
struct Hash {
  std::size_t operator()(const Key& key) const {
    return std::hash<std::uint64_t>()(std::uint64_t{key.low} << 32 | key.high) ^
           std::hash<std::uint32_t>()(std::uint32_t{key.low_port} << 16 | key.high_port) * 31;
  }
};

/// What a user would write: parse IPv4 and TCP, sum per 5-tuple.
Result mapped(const fs::path& file) {
  struct Sums {
    std::uint64_t packets[2] = {}, bytes[2] = {};
    double first = 0, last = 0;
  };
  std::unordered_map<Key, Sums, Hash> flows;
  Result result;
  by_libpcap(file, [&](const pcap_pkthdr& header, const u_char* bytes) {
    ++result.packets;
    if (header.caplen < 54 || bytes[12] != 8 || bytes[13] != 0 || bytes[23] != 6) return;
    const auto number = [&](int at, int size) {
      std::uint32_t value = 0;
      for (int i = 0; i < size; ++i) value = value << 8 | bytes[at + i];
      return value;
    };
    const int ip = (bytes[14] & 15) * 4, tcp = 14 + ip;
    const auto source = number(26, 4), target = number(30, 4);
    const auto from = static_cast<std::uint16_t>(number(tcp, 2)), to = static_cast<std::uint16_t>(number(tcp + 2, 2));
    const bool up = std::pair(source, from) < std::pair(target, to);
    auto& sums = flows[up ? Key{source, target, from, to} : Key{target, source, to, from}];
    const auto payload = number(16, 2) - static_cast<std::uint32_t>(ip) - (bytes[tcp + 12] >> 4) * 4u;
    ++sums.packets[up];
    sums.bytes[up] += payload;
    const double time = static_cast<double>(header.ts.tv_sec) + 1e-6 * static_cast<double>(header.ts.tv_usec);
    if (sums.first == 0) sums.first = time;
    sums.last = time;
    result.bytes += payload;
  });
  result.flows = flows.size();
  return result;
}

struct Timings {
  std::map<std::string, std::vector<double>> seconds;
  void report(const std::string& name, const std::string& peer) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < seconds.at(name).size(); ++i)
      ratios.push_back(seconds.at(peer)[i] / seconds.at(name)[i]);
    std::sort(ratios.begin(), ratios.end());
    fmt::print("{} beside {}: {:.2f}x ({:.2f} to {:.2f})\n", name, peer, ratios[ratios.size() / 2], ratios.front(),
               ratios.back());
  }
};

}  // namespace

int main(int count, char** words) {
  std::size_t packets = 2'000'000, flows = 100'000;
  int pairs = 7;
  fs::path made, given;
  for (int i = 1; i + 1 < count; i += 2) {
    if (std::strcmp(words[i], "--packets") == 0) packets = std::strtoull(words[i + 1], nullptr, 10);
    if (std::strcmp(words[i], "--flows") == 0) flows = std::strtoull(words[i + 1], nullptr, 10);
    if (std::strcmp(words[i], "--pairs") == 0) pairs = std::atoi(words[i + 1]);
    if (std::strcmp(words[i], "--make") == 0) made = words[i + 1];
    if (std::strcmp(words[i], "--read") == 0) given = words[i + 1];
  }
  if (!given.empty()) {
    const auto begin = seconds_now();
    const auto result = by_us(given, 32);
    fmt::print("{} {} {} {}\n", result.packets, result.flows, result.bytes, seconds_now() - begin);
    return 0;
  }
  const auto file =
      made.empty() ? fs::temp_directory_path() / fmt::format("morgana-benchmark-{}.pcap", getpid()) : made;
  make_capture(file, packets, flows);
  if (!made.empty()) return 0;
  const auto megabytes = static_cast<double>(fs::file_size(file)) / 1e6;
  const std::vector<std::pair<std::string, std::function<Result()>>> ways{
      {"ours, 32 packets kept", [&] { return by_us(file, 32); }},
      {"ours, all packets kept", [&] { return by_us(file, 0); }},
      {"libpcap that counts", [&] { return counted(file); }},
      {"libpcap and unordered_map", [&] { return mapped(file); }}};
  Timings timings;
  std::vector<Result> results(ways.size());
  std::vector<std::size_t> order(ways.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937 random(1);
  // The first round warms the page cache. In random order, since the memory that one leaves helps or hinders the next.
  for (int pair = -1; pair < pairs; ++pair) {
    std::shuffle(order.begin(), order.end(), random);
    for (const auto i : order) {
      const auto begin = seconds_now();
      results[i] = ways[i].second();
      if (pair >= 0) timings.seconds[ways[i].first].push_back(seconds_now() - begin);
    }
  }
  fs::remove(file);
  const auto &first = results.front(), &last = results.back();
  if (first.flows != last.flows || first.bytes != last.bytes || first.packets != packets) {
    fmt::print("the results differ: {} and {} flows, {} and {} bytes\n", first.flows, last.flows, first.bytes,
               last.bytes);
    return 1;
  }
  fmt::print("{} packets, {} biflows, {:.0f} MB\n", packets, first.flows, megabytes);
  for (const auto& [name, run] : ways) {
    auto seconds = timings.seconds[name];
    std::sort(seconds.begin(), seconds.end());
    const auto median = seconds[seconds.size() / 2];
    fmt::print("{}: {:.3f} s, {:.2f} million packets a second, {:.2f} GB/s\n", name, median,
               static_cast<double>(packets) / median / 1e6, megabytes / median / 1e3);
  }
  for (const auto* name : {"ours, 32 packets kept", "ours, all packets kept"})
    for (const auto* peer : {"libpcap that counts", "libpcap and unordered_map"}) timings.report(name, peer);
  return 0;
}
