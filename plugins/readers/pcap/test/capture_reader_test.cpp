// SPDX-License-Identifier: Apache-2.0
#include "packets/capture_reader.hpp"

#include <gtest/gtest.h>

#include "morgana/error.hpp"
#include "packet_bytes.hpp"

namespace morgana::pcap {
namespace {

using namespace bytes;
using packets::CapturedPacket;
using packets::CaptureReader;
using packets::LinkType;

constexpr std::int64_t kFirst = 1'600'000'000'123'456'789;

struct Read {
  std::vector<std::int64_t> times;
  std::vector<Bytes> packets;
  std::vector<LinkType> links;
  std::string damage, bad;
  std::uint64_t bad_blocks = 0;
  std::vector<std::string> comments;
};

Read read(const Bytes& file, std::size_t step = 1 << 20, std::size_t window = CaptureReader::kWindowBytes) {
  auto source = source_of(file, step);
  CaptureReader reader(source, "file.pcap", window);
  CapturedPacket packet;
  Read result;
  while (reader.next(packet)) {
    result.times.push_back(packet.nanoseconds);
    result.packets.emplace_back(packet.bytes.begin(), packet.bytes.end());
    result.links.push_back(packet.link_type);
  }
  EXPECT_FALSE(reader.next(packet)) << "the end stays the end";
  result.damage = reader.damage();
  result.bad = reader.first_bad_block();
  result.bad_blocks = reader.bad_blocks();
  result.comments = reader.comments();
  return result;
}

std::vector<Timed> three_packets() {
  return {{kFirst, filler(60)}, {kFirst + 2'000, filler(1514)}, {kFirst + 1'500'000'000, filler(70, 9)}};
}

TEST(CaptureReader, ReadsPcapOfEitherOrderAndResolution) {
  for (const auto order : {Order::kBig, Order::kLittle})
    for (const bool nanoseconds : {false, true}) {
      const auto found = read(pcap(three_packets(), order, nanoseconds, 113));
      ASSERT_EQ(found.packets.size(), 3u);
      for (std::size_t i = 0; i < 3; ++i) {
        const auto expected = three_packets()[i];
        EXPECT_EQ(found.packets[i], expected.bytes);
        EXPECT_EQ(found.times[i], nanoseconds ? expected.nanoseconds : expected.nanoseconds / 1000 * 1000);
      }
      EXPECT_EQ(found.links[0], LinkType::kLinuxCooked);
      EXPECT_EQ(found.damage, "");
    }
}

TEST(CaptureReader, IsTheSameWhateverTheWindowAndTheSource) {
  const auto order = Order::kLittle;
  const auto file = section(order) + interface(1, order) + enhanced(0, 5, filler(1000), order) +
                    block(0xbad, filler(4000), order) + enhanced(0, 6, filler(90), order);
  for (const auto& bytes : {file, pcap(three_packets())}) {
    const auto whole = read(bytes);
    for (const std::size_t step : {1, 7, 100})
      for (const std::size_t window : {1, 64, 500}) {
        const auto found = read(bytes, step, window);
        EXPECT_EQ(found.packets, whole.packets);
        EXPECT_EQ(found.times, whole.times);
      }
  }
}

TEST(CaptureReader, ReadsPcapngSectionsInterfacesAndClocks) {
  for (const auto order : {Order::kBig, Order::kLittle}) {
    const auto file =
        section(order, option(1, {'h', 'i'}, order) + option(0, {}, order)) + interface(1, order) +
        interface(101, order, option(9, {9}, order)) +                                                // nanoseconds
        interface(228, order, option(9, {0x8a}, order) + option(14, number(100, 8, order), order)) +  // 2^-10 s, +100 s
        enhanced(0, 1'600'000'000'000'001, filler(60), order) + enhanced(1, kFirst, filler(61), order) +
        enhanced(2, 1536, filler(62), order) +
        block(3, number(63, 4, order) + filler(63) + Bytes{0}, order) +  // simple
        block(2,
              number(1, 2, order) + number(0, 2, order) + number(0, 8, order) + number(4, 4, order) +
                  number(90, 4, order) + filler(4),
              order) +                 // obsolete
        block(5, filler(16), order) +  // statistics
        section(order == Order::kBig ? Order::kLittle : Order::kBig) +
        interface(276, order == Order::kBig ? Order::kLittle : Order::kBig) +
        enhanced(0, 7, filler(64), order == Order::kBig ? Order::kLittle : Order::kBig);
    const auto found = read(file);
    ASSERT_EQ(found.packets.size(), 6u) << found.damage << found.bad;
    EXPECT_EQ(found.times,
              (std::vector<std::int64_t>{1'600'000'000'000'001'000, kFirst, 101'500'000'000, 0, 0, 7'000}));
    EXPECT_EQ(found.packets[3].size(), 63u);
    EXPECT_EQ(found.packets[4].size(), 4u);
    EXPECT_EQ(found.links, (std::vector<LinkType>{LinkType::kEthernet, LinkType::kRaw, LinkType::kIpv4,
                                                  LinkType::kEthernet, LinkType::kRaw, LinkType::kLinuxCooked2}));
    EXPECT_EQ(found.comments, std::vector<std::string>{"hi"});
    EXPECT_EQ(found.damage + found.bad, "");
  }
}

TEST(CaptureReader, SaysWhereAndWhyAFileEndsEarly) {
  const auto file = pcap(three_packets());
  EXPECT_EQ(read(Bytes(file.begin(), file.end() - 1)).damage, "byte 1630: a packet of 70 bytes is cut off");
  EXPECT_EQ(read(Bytes(file.begin(), file.begin() + 110)).damage, "byte 100: a record's header is cut off");
  auto huge = file;
  huge[24 + 8 + 3] = 0x7f;
  huge[24 + 12 + 3] = 0x7f;
  EXPECT_EQ(read(huge).damage, "byte 24: a record claims 2130706492 bytes");
  const auto order = Order::kLittle;
  EXPECT_EQ(read(section(order) + number(6, 4, order) + number(10, 4, order)).damage,
            "byte 28: a block claims 10 bytes");
  EXPECT_EQ(read(section(order) + number(6, 4, order) + number(4'000'000'000, 4, order)).damage, "");
  EXPECT_EQ(read(section(order) + number(6, 4, order) + number(4'000'000'000, 4, order)).bad,
            "byte 28: a block of 4000000000 bytes");
}

TEST(CaptureReader, PassesByBlocksThatContradictThemselves) {
  const auto order = Order::kLittle;
  const auto bad =
      block(6, number(0, 4, order) + number(0, 8, order) + number(5000, 4, order) + number(5000, 4, order) + filler(8),
            order);
  const auto found = read(section(order) + enhanced(0, 1, filler(60), order) + interface(1, order) + bad +
                          enhanced(3, 1, filler(60), order) + enhanced(0, 2, filler(60), order));
  EXPECT_EQ(found.packets.size(), 1u);
  EXPECT_EQ(found.bad_blocks, 3u);
  EXPECT_EQ(found.bad, "byte 28: a packet of interface 0, of which there are 0");
}

TEST(CaptureReader, RefusesWhatIsNoCapture) {
  const auto error = [](const Bytes& file) {
    try {
      read(file);
      return std::string();
    } catch (const Error& fault) {
      return std::string(fault.what());
    }
  };
  EXPECT_EQ(error({}), "file.pcap: the file is empty");
  EXPECT_EQ(error({1, 2, 3}), "file.pcap: not a capture file: it has 3 bytes");
  EXPECT_EQ(error({'{', '"', 'a', '"', ':'}),
            "file.pcap: neither a pcap nor a pcapng file: it starts with 7b 22 61 22");
}

TEST(CaptureReader, NeverHoldsMoreThanWasRead) {
  // Every file cut at every byte gives a part of the packets of the whole one, and says so or ends cleanly.
  const auto order = Order::kBig;
  for (const auto& file :
       {pcap(three_packets()), section(order) + interface(1, order) + enhanced(0, 5, filler(100), order) +
                                   enhanced(0, 6, filler(90), order)}) {
    const auto whole = read(file);
    for (std::size_t size = 4; size < file.size(); ++size) {
      const auto found = read(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)));
      ASSERT_LE(found.packets.size(), whole.packets.size());
      EXPECT_TRUE(std::equal(found.packets.begin(), found.packets.end(), whole.packets.begin()));
    }
  }
}

}  // namespace
}  // namespace morgana::pcap
