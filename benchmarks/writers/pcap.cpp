// SPDX-License-Identifier: Apache-2.0
// How fast traces become a capture file: our writer beside libpcap's, which is handed ready frames of the same sizes.
// usage: morgana_benchmark_pcap_writer [traces] [pairs] [folder], the folder left out: the temporary one
#include <fmt/format.h>
#include <pcap/pcap.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <morgana/channels.hpp>
#include <morgana/random.hpp>
#include <morgana/traces.hpp>
#include <vector>

#include "synthesis/synthesis.hpp"

namespace {

using namespace morgana;
namespace fs = std::filesystem;

/// Biflows as they are on the network: a request, then segments down with acknowledgements up.
Traces make_traces(std::size_t count) {
  TraceTable table;
  for (const char* name : {"PL", "IAT", "DIR", "WIN"}) table.channels.push_back(standard_channel(name));
  const auto add = [&](float bytes, float seconds, float direction) {
    table.channels[0].values.push_back(bytes);
    table.channels[1].values.push_back(seconds);
    table.channels[2].values.push_back(direction);
    table.channels[3].values.push_back(1024);
  };
  table.label.names = {"app"};
  for (std::size_t row = 0; row < count; ++row) {
    const Random random(3, row);
    add(0, 0, -1), add(0, 0.03f, 1), add(0, 0.0001f, -1);
    const auto packets = 10 + random.below(0, 180);
    for (std::uint32_t i = 0; i < packets; ++i) {
      const auto kind = random.below(3 * i + 1, 10);
      if (kind == 0) add(static_cast<float>(1 + random.below(3 * i + 2, 600)), random.uniform(3 * i + 3) * 0.1f, -1);
      else if (kind < 4) add(0, 1e-4f, -1);
      else
        add(kind < 9 ? 1448.0f : static_cast<float>(1 + random.below(3 * i + 2, 1448)),
            random.uniform(3 * i + 3) * 0.01f, 1);
    }
    table.offsets.push_back(table.channels[0].values.size());
    table.label.id.push_back(0);
  }
  return Traces(std::move(table));
}

/// Processor time of this one-threaded program, so that foreign load counts little.
double seconds_of(const std::function<void()>& work) {
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  const double start = now();
  work();
  return now() - start;
}

std::uint64_t write_by_us(const Traces& traces, const fs::path& file) {
  synthesis::SynthesisOptions options;
  options.mean_gap_seconds = 0.01;
  const synthesis::Synthesis synthesis(traces, options, 7);
  synthesis::CaptureWriter writer(file, synthesis::CaptureFormat::kPcapng, options.resolution, "benchmark", {});
  synthesis.write(writer, [](std::uint64_t) {});
  writer.close();
  return synthesis.accounting().counts.total();
}

/// No header is built and no checksum summed: what remains is the file.
void write_by_libpcap(const Traces& traces, const fs::path& file) {
  std::vector<u_char> frame(65536, 0x2e);
  auto* const handle = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, 262144, PCAP_TSTAMP_PRECISION_NANO);
  auto* const out = pcap_dump_open(handle, file.c_str());
  pcap_pkthdr header{};
  for (const float bytes : traces.table().channels[0].values) {
    header.caplen = header.len = 54 + static_cast<bpf_u_int32>(bytes);
    ++header.ts.tv_usec;
    pcap_dump(reinterpret_cast<u_char*>(out), &header, frame.data());
  }
  pcap_dump_close(out);
  pcap_close(handle);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const auto count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20000;
  const int pairs = argc > 2 ? std::atoi(argv[2]) : 5;
  const auto folder = argc > 3 ? fs::path(argv[3]) : fs::temp_directory_path();
  const auto ours = folder / "morgana_benchmark.pcapng", theirs = folder / "morgana_benchmark.pcap";
  const auto traces = make_traces(count);
  std::vector<double> our_rates, their_rates, ratios, null_rates;
  std::uint64_t packets = 0;
  for (int i = 0; i < pairs; ++i) {
    fs::remove(ours);  // freeing an old file is no part of writing one
    fs::remove(theirs);
    const double our_seconds = seconds_of([&] { packets = write_by_us(traces, ours); });
    const double their_seconds = seconds_of([&] { write_by_libpcap(traces, theirs); });
    const double null_seconds = seconds_of([&] { write_by_us(traces, "/dev/null"); });
    null_rates.push_back(static_cast<double>(packets) / null_seconds * 1e-6);
    our_rates.push_back(static_cast<double>(packets) / our_seconds * 1e-6);
    their_rates.push_back(static_cast<double>(traces.packets()) / their_seconds * 1e-6);
    ratios.push_back(our_rates.back() / their_rates.back());
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  fmt::print("{} traces, {} packets, {:.0f} MB; medians of {} pairs, processor time of one core\n", traces.size(),
             packets, static_cast<double>(fs::file_size(ours)) * 1e-6, pairs);
  fmt::print("write.pcap                     {:6.2f} million packets/s\n", median(our_rates));
  fmt::print("libpcap, ready frames          {:6.2f} million packets/s\n", median(their_rates));
  fmt::print("write.pcap, to /dev/null       {:6.2f} million packets/s\n", median(null_rates));
  fmt::print("write.pcap to libpcap          {:6.2f}\n", median(ratios));
  fmt::print("peak memory                    {:6.0f} MB, traces of {:.0f} MB\n",
             static_cast<double>(usage.ru_maxrss) / 1024, static_cast<double>(traces.bytes()) / 1048576);
  fs::remove(ours);
  fs::remove(theirs);
}
