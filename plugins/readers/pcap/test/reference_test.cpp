// SPDX-License-Identifier: Apache-2.0
// The reference captures beside another tool's counts of packets and bytes a flow.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>

#include "morgana/error.hpp"
#include "packet_bytes.hpp"
#include "packets/capture_reader.hpp"
#include "packets/dissect.hpp"
#include "test_environment.hpp"

namespace morgana::pcap {
namespace {

namespace fs = std::filesystem;
using packets::Verdict;

struct Count {
  long packets = 0, bytes = 0;
  bool operator==(const Count&) const = default;
};
using Sides = std::map<packets::End, Count>;
using Flows = std::map<std::tuple<packets::End, packets::End, int>, Sides>;

void count(Flows& flows, const packets::End& from, const packets::End& to, int protocol, Count more) {
  auto& side = flows[{std::min(from, to), std::max(from, to), protocol}][from];
  side.packets += more.packets;
  side.bytes += more.bytes;
}

struct Ours {
  Flows flows;
  std::map<Verdict, long> verdicts;
  long later_fragments = 0;
  std::string damage;
};

Ours ours(const fs::path& file) {
  testing::TextSource source(testing::content_of(file));
  packets::CaptureReader reader(source, file.filename().string());
  packets::Dissector dissector;
  packets::CapturedPacket packet;
  packets::Segment segment;
  Ours result;
  while (reader.next(packet)) {
    const auto verdict = dissector.dissect(packet, segment);
    ++result.verdicts[verdict];
    if (verdict != Verdict::kSegment) continue;
    if (segment.transport_header_bytes == 0) ++result.later_fragments;  // the other tool leaves them out
    else count(result.flows, segment.source, segment.target, segment.protocol, {1, packet.original_bytes});
  }
  result.damage = reader.damage();
  return result;
}

/// "192.168.1.7:53171" or "[2001:db8::1]:53". The tool writes "::" for a single group of zeros, which is not read.
bool read_end(std::string text, packets::End& end) {
  const auto colon = text.rfind(':');
  end.port = static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1)));
  auto address = text.substr(0, colon);
  if (address.starts_with('[')) address = address.substr(1, address.size() - 2);
  auto parsed = packets::Address::parse(address);
  // "2a03:2880:1010:3f20:face:b00c::25de" has seven groups: the double colon is one of them
  if (const auto gap = address.find("::"); !parsed && gap != address.npos)
    parsed = packets::Address::parse(address.replace(gap, 2, ":0:"));
  if (parsed) end.address = *parsed;
  return parsed.has_value();
}

Flows theirs(const fs::path& file) {
  static const std::regex line_form(
      "^\t\\d+\t(TCP|UDP) (\\S+) <?-> (\\S+) .*?\\[(\\d+) pkts/(\\d+) bytes <?-> (\\d+) pkts/(\\d+) bytes\\]");
  std::ifstream in(file);
  Flows flows;
  std::smatch match;
  for (std::string line; std::getline(in, line);) {
    line.resize(std::min<std::size_t>(line.size(), 1000));  // what is wanted stands first
    packets::End from, to;
    if (!std::regex_search(line, match, line_form) || !read_end(match[2], from) || !read_end(match[3], to)) continue;
    const int protocol = match[1] == "TCP" ? 6 : 17;
    count(flows, from, to, protocol, {std::stol(match[4]), std::stol(match[5])});
    count(flows, to, from, protocol, {std::stol(match[6]), std::stol(match[7])});
  }
  return flows;
}

/// Packets of both sides in flows that differ, ours and theirs.
std::pair<long, long> difference(const Flows& first, const Flows& second) {
  std::pair<long, long> packets{0, 0};
  const auto without_empty = [](Sides sides) {
    std::erase_if(sides, [](const auto& side) { return side.second.packets == 0; });
    return sides;
  };
  const auto only = [&](const Flows& of, const Flows& other, long& sum) {
    for (const auto& [key, sides] : of) {
      const auto found = other.find(key);
      if (found != other.end() && without_empty(found->second) == without_empty(sides)) continue;
      for (const auto& [end, side] : sides) sum += side.packets;
    }
  };
  only(first, second, packets.first);
  only(second, first, packets.second);
  return packets;
}

TEST(ReferenceCaptures, AgreeWithAnotherToolFlowByFlow) {
  const auto folder = testing::reference_data() / "pcap";
  if (!fs::exists(folder)) GTEST_SKIP() << "no reference captures at " << folder;
  std::size_t files = 0, flows = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".out") continue;
    const auto name = entry.path().filename().string();
    SCOPED_TRACE(name);
    const auto found = ours(entry.path());
    const auto expected = theirs(entry.path().string() + ".out");
    ++files;
    flows += found.flows.size();
    const auto [only_ours, only_theirs] = difference(found.flows, expected);
    const auto refused = [&](Verdict verdict) {
      const auto count = found.verdicts.find(verdict);
      return count == found.verdicts.end() ? 0 : count->second;
    };
    if (name == "zoom.pcap") {
      // One flow runs in a GTP-U tunnel of a mobile network's core: the other tool looks into it, we count the tunnel.
      EXPECT_EQ(only_ours, 81);
      EXPECT_EQ(only_theirs, 81);
    } else if (name == "dns_fragmented.pcap") {
      EXPECT_EQ(only_ours, 0);
      EXPECT_EQ(only_theirs, 0);
      EXPECT_EQ(found.later_fragments, 7) << "which we count to the flow of the first, and the other tool does not";
    } else if (name == "fuzz-2006-06-26-2594.pcap") {
      // Mutated packets: the other tool counts a UDP packet whose length exceeds its IP packet's, and fragments
      // without their first as flows of ports 0; we count them as malformed and as orphans.
      EXPECT_GT(only_theirs, only_ours);
      EXPECT_LE(only_theirs - only_ours, refused(Verdict::kMalformed) + refused(Verdict::kOrphanFragment));
      EXPECT_EQ(refused(Verdict::kMalformed), 54);
      EXPECT_EQ(refused(Verdict::kOrphanFragment), 25);
    } else if (name == "ip_fragmented_garbage.pcap") {
      EXPECT_EQ(only_ours, 0);
      EXPECT_EQ(only_theirs, 4) << "TCP headers of 0 bytes, which we call malformed";
      EXPECT_EQ(refused(Verdict::kMalformed), 4);
      EXPECT_EQ(refused(Verdict::kOrphanFragment), 1248);
    } else if (name == "fuzz-2021-10-13.pcap") {
      // One packet of an unknown address family, which the other tool takes for IPv6, then two bytes of nothing.
      EXPECT_EQ(only_theirs, 1);
      EXPECT_EQ(refused(Verdict::kNotIp), 1);
      EXPECT_EQ(found.damage, "byte 237: a record's header is cut off");
    } else {
      EXPECT_EQ(only_ours, 0);
      EXPECT_EQ(only_theirs, 0);
      EXPECT_EQ(found.damage, "");
      EXPECT_GT(found.flows.size(), 0u);
    }
  }
  EXPECT_EQ(files, 22u);
  RecordProperty("flows", static_cast<int>(flows));
}

TEST(ReferenceCaptures, CutAnywhereGiveAPartAndSaySo) {
  const auto folder = testing::reference_data() / "pcap";
  if (!fs::exists(folder)) GTEST_SKIP() << "no reference captures at " << folder;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".out") continue;
    SCOPED_TRACE(entry.path().filename().string());
    const auto whole = testing::content_of(entry.path());
    const auto read = [](const std::string& file) {
      testing::TextSource source(file);
      packets::CaptureReader reader(source, "file");
      packets::CapturedPacket packet;
      std::vector<std::pair<std::int64_t, std::size_t>> packets;
      while (reader.next(packet)) packets.emplace_back(packet.nanoseconds, packet.bytes.size());
      return std::pair(packets, reader.damage());
    };
    const auto all = read(whole).first;
    for (int place = 1; place < 200; ++place) {
      const auto size = std::max<std::size_t>(whole.size() * static_cast<std::size_t>(place) / 200, 4);
      const auto [part, damage] = read(whole.substr(0, size));
      ASSERT_LE(part.size(), all.size());
      ASSERT_TRUE(std::equal(part.begin(), part.end(), all.begin())) << "cut at " << size;
      // What is missing is said, unless the cut fell between two packets: then one byte less is said.
      if (part.size() < all.size() && damage.empty() && size > 24) {
        EXPECT_NE(read(whole.substr(0, size - 1)).second, "") << size;
      }
    }
  }
}

}  // namespace
}  // namespace morgana::pcap
