// SPDX-License-Identifier: Apache-2.0
#include "biflows/assembler.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "packets/dissect.hpp"
#include "packets/documentation.hpp"

namespace morgana::pcap {
namespace {

using biflows::Assembler;
using biflows::Assembly;
using biflows::Biflow;
using biflows::Direction;
using packets::Segment;

constexpr std::int64_t kSecond = 100'000'0000;
constexpr std::int64_t kBegin = 1'600'000'000 * kSecond;

packets::End end(const char* address, int port) {
  return {packets::Address::parse(address).value(), static_cast<std::uint16_t>(port)};
}
const packets::End kPhoneEnd = end("192.168.20.105", 40001), kServerEnd = end("203.0.113.7", 443);

Segment segment(const packets::End& source, const packets::End& target, std::uint32_t payload,
                std::uint8_t flags = 0x10) {
  Segment segment;
  segment.source = source;
  segment.target = target;
  segment.protocol = packets::kTcp;
  segment.payload_bytes = payload;
  segment.ip_bytes = payload + 40;
  segment.flags = flags;
  return segment;
}

struct Step {
  std::int64_t nanoseconds;
  Segment segment;
};

biflows::Biflows assembled(const Assembly& assembly, const std::vector<Step>& steps) {
  Assembler assembler(assembly);
  for (const auto& step : steps) assembler.add(kBegin + step.nanoseconds, step.segment);
  return std::move(assembler).finish();
}

std::vector<Step> exchange() {
  auto syn = segment(kPhoneEnd, kServerEnd, 0, packets::kSyn);
  syn.maximum_segment = 1460;
  syn.window_shift = 7;
  return {{0, syn},
          {10, segment(kServerEnd, kPhoneEnd, 0, packets::kSyn | packets::kAck)},
          {20, segment(kPhoneEnd, kServerEnd, 100)},
          {35, segment(kServerEnd, kPhoneEnd, 1400)},
          {40, segment(kServerEnd, kPhoneEnd, 900)}};
}

TEST(Assembler, PutsBothDirectionsIntoOneBiflow) {
  const auto biflows = assembled({}, exchange());
  ASSERT_EQ(biflows.size(), 1u);
  const auto& biflow = biflows[0];
  EXPECT_EQ(biflow.key(), "192.168.20.105,40001,203.0.113.7,443,6");
  EXPECT_EQ(biflow.up.packets, 2u);
  EXPECT_EQ(biflow.down.packets, 3u);
  EXPECT_EQ(biflow.both().packets, 5u);
  EXPECT_EQ(biflow.both().payload_bytes, 2400u);
  EXPECT_EQ(biflow.both().ip_bytes, 2600u);
  EXPECT_DOUBLE_EQ(biflow.both().duration_seconds(), 40e-9);
  EXPECT_DOUBLE_EQ(biflow.up.duration_seconds(), 20e-9);
  EXPECT_EQ(biflow.up.maximum_segment, 1460);
  EXPECT_EQ(biflow.up.window_shift, 7);
  EXPECT_EQ(biflow.down.window_shift, -1);
  ASSERT_EQ(biflow.packets.size(), 5u);
  EXPECT_EQ(biflow.packets[1].direction, Direction::kDown);
  EXPECT_EQ(biflow.packets[4].payload_bytes, 900u);
}

TEST(Assembler, ChoosesTheClient) {
  // The server speaks first, as where a capture starts in the middle of a connection.
  const std::vector<Step> late{{0, segment(kServerEnd, kPhoneEnd, 10)}, {1, segment(kPhoneEnd, kServerEnd, 20)}};
  EXPECT_EQ(assembled({}, late)[0].client, kPhoneEnd);
  EXPECT_EQ(assembled({}, late)[0].packets[0].direction, Direction::kDown);
  EXPECT_EQ(assembled({.client = biflows::ClientRule::kFirstSender}, late)[0].client, kServerEnd);
  const std::vector<Step> answer{{0, segment(kServerEnd, kPhoneEnd, 0, packets::kSyn | packets::kAck)}};
  EXPECT_EQ(assembled({.client = biflows::ClientRule::kFirstSender}, answer)[0].client, kPhoneEnd)
      << "a SYN-ACK is an answer";
  EXPECT_EQ(assembled({.clients = {kServerEnd.address}}, late)[0].client, kServerEnd);
  const auto other = end("10.0.0.9", 99);
  EXPECT_EQ(assembled({}, {{0, segment(other, kPhoneEnd, 1)}})[0].client, other) << "both are private";
}

TEST(Assembler, KnowsTheClientsOfWrittenTraffic) {
  const auto key_of = [](const packets::FlowKey& written, const Assembly& assembly) {
    return assembled(assembly, {{0, segment(written.server, written.client, 100)}})[0].key();
  };
  for (const auto version : {packets::IpVersion::k4, packets::IpVersion::k6}) {
    const auto written = packets::documentation_key(100'000'000, packets::kTcp, version, 50443);
    EXPECT_EQ(key_of(written, {}), written.text());
    const packets::FlowKey turned{written.server, written.client, written.protocol};
    EXPECT_EQ(key_of(written, {.client = biflows::ClientRule::kFirstSender}), turned.text());
    EXPECT_EQ(key_of(written, {.clients = {written.server.address}}), turned.text());
  }
  // A private address is the client of whatever the documentation's stand for.
  EXPECT_EQ(key_of({kPhoneEnd, end("192.0.2.1", 443), packets::kTcp}, {}), "192.168.20.105,40001,192.0.2.1,443,6");
}

TEST(Assembler, CountsAllPacketsAndKeepsTheFirst) {
  const auto all = assembled({}, exchange());
  for (std::size_t kept = 1; kept <= 6; ++kept) {
    const auto biflows = assembled({.packets_kept = kept}, exchange());
    const auto& biflow = biflows[0];
    EXPECT_EQ(biflow.packets.size(), std::min<std::size_t>(kept, 5));
    EXPECT_EQ(biflow.both().packets, 5u);
    for (const auto totals : {&Biflow::up, &Biflow::down}) {
      EXPECT_EQ((biflow.*totals).packets, (all[0].*totals).packets);
      EXPECT_EQ((biflow.*totals).payload_bytes, (all[0].*totals).payload_bytes);
      EXPECT_EQ((biflow.*totals).first_nanoseconds, (all[0].*totals).first_nanoseconds);
      EXPECT_EQ((biflow.*totals).last_nanoseconds, (all[0].*totals).last_nanoseconds);
      EXPECT_EQ((biflow.*totals).maximum_segment, (all[0].*totals).maximum_segment);
      EXPECT_EQ((biflow.*totals).window_shift, (all[0].*totals).window_shift);
    }
  }
}

TEST(Assembler, EndsABiflowWhereItIsAskedTo) {
  std::vector<Step> steps{{0, segment(kPhoneEnd, kServerEnd, 1)},
                          {2 * kSecond, segment(kServerEnd, kPhoneEnd, 2)},
                          {13 * kSecond, segment(kPhoneEnd, kServerEnd, 3)}};
  EXPECT_EQ(assembled({}, steps).size(), 1u);
  EXPECT_EQ(assembled({.idle_seconds = 11}, steps).size(), 1u);
  const auto parts = assembled({.idle_seconds = 10.5}, steps);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].both().packets, 2u);
  EXPECT_EQ(parts[1].packets[0].payload_bytes, 3u);

  const std::vector<Step> closed{{0, segment(kPhoneEnd, kServerEnd, 1)},
                                 {1, segment(kPhoneEnd, kServerEnd, 0, packets::kFin | packets::kAck)},
                                 {2, segment(kServerEnd, kPhoneEnd, 0, packets::kFin | packets::kAck)},
                                 {3, segment(kPhoneEnd, kServerEnd, 0)},
                                 {4, segment(kPhoneEnd, kServerEnd, 0, packets::kSyn)},
                                 {5, segment(kServerEnd, kPhoneEnd, 0, packets::kRst)},
                                 {6, segment(kPhoneEnd, kServerEnd, 0, packets::kSyn)}};
  EXPECT_EQ(assembled({}, closed).size(), 1u);
  const auto three = assembled({.ends_at_close = true}, closed);
  ASSERT_EQ(three.size(), 3u);
  EXPECT_EQ(three[0].both().packets, 4u);
  EXPECT_EQ(three[1].both().packets, 2u);
}

TEST(Assembler, SortsWhatTheCaptureHasOutOfOrder) {
  auto steps = exchange();
  std::swap(steps[1], steps[3]);
  std::vector<Step> with_other{{50, segment(kPhoneEnd, end("203.0.113.9", 80), 5)}};
  with_other.insert(with_other.end(), steps.begin(), steps.end());
  const auto biflows = assembled({}, with_other);
  ASSERT_EQ(biflows.size(), 2u);
  EXPECT_EQ(biflows[0].server, kServerEnd) << "by first packet";
  for (std::size_t i = 1; i < biflows[0].packets.size(); ++i)
    EXPECT_LE(biflows[0].packets[i - 1].nanoseconds, biflows[0].packets[i].nanoseconds);
  EXPECT_EQ(biflows[0].packets[1].flags, packets::kSyn | packets::kAck);
}

TEST(Assembler, KeepsTheFirstPayloadBytes) {
  const std::vector<std::uint8_t> bytes{1, 2, 3, 4, 5};
  auto up = segment(kPhoneEnd, kServerEnd, 5), down = segment(kServerEnd, kPhoneEnd, 3);
  up.payload = bytes;
  down.payload = std::span(bytes).subspan(2);
  // out of order, and another biflow between
  const auto biflows =
      assembled({.payload_kept = 4}, {{10, up}, {11, segment(kPhoneEnd, end("203.0.113.9", 80), 5)}, {5, down}});
  ASSERT_EQ(biflows.size(), 2u);
  EXPECT_EQ(biflows[0].payload, (std::vector<std::uint8_t>{3, 4, 5, 1, 2, 3, 4}));
  EXPECT_EQ(biflows[0].payload_ends, (std::vector<std::uint32_t>{3, 7}));
  EXPECT_EQ(biflows[1].payload_ends, (std::vector<std::uint32_t>{0}));
}

TEST(Assembler, GivesEachPacketItsPayload) {
  std::vector<std::uint8_t> bytes(3000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  std::vector<Step> steps;  // more than fit into the first pieces of memory
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    steps.push_back({static_cast<std::int64_t>(i), segment(kPhoneEnd, end("203.0.113.9", static_cast<int>(i % 3)), 1)});
    steps.back().segment.payload = std::span(bytes).subspan(i, 1);
  }
  const auto biflows = assembled({.payload_kept = 4}, steps);
  ASSERT_EQ(biflows.size(), 3u);
  std::size_t flow = 0;
  for (const auto& biflow : biflows) {
    ASSERT_EQ(biflow.packets.size(), 1000u);
    for (std::size_t i = 0; i < 1000; ++i) {
      ASSERT_EQ(biflow.packets[i].nanoseconds - kBegin, static_cast<std::int64_t>(3 * i + flow));
      ASSERT_EQ(biflow.payload[i], bytes[3 * i + flow]);
      ASSERT_EQ(biflow.payload_ends[i], i + 1);
    }
    ++flow;
  }
}

TEST(Assembler, AgreesWithAMapOverManyBiflows) {
  std::mt19937 random(5);
  std::vector<Step> steps;
  std::map<std::string, std::array<std::uint64_t, 4>> expected;  // packets and bytes, up and down
  for (int i = 0; i < 200'000; ++i) {
    const auto phone = end(("10.0." + std::to_string(random() % 4) + "." + std::to_string(random() % 60)).c_str(),
                           static_cast<int>(random() % 20));
    const auto server = end(("203.0.113." + std::to_string(random() % 200)).c_str(), 443);
    const bool up = random() % 2 == 0;
    const auto payload = static_cast<std::uint32_t>(random() % 1500);
    steps.push_back({i, up ? segment(phone, server, payload) : segment(server, phone, payload)});
    auto& totals = expected[fmt::format("{},{},{},443,6", phone.address.text(), phone.port, server.address.text())];
    ++totals[up ? 0 : 1];
    totals[up ? 2 : 3] += payload;
  }
  const auto biflows = assembled({}, steps);
  ASSERT_EQ(biflows.size(), expected.size());
  EXPECT_GT(biflows.size(), 100'000u);
  for (const auto& biflow : biflows) {
    const auto& totals = expected.at(biflow.key());
    ASSERT_EQ((std::array<std::uint64_t, 4>{biflow.up.packets, biflow.down.packets, biflow.up.payload_bytes,
                                            biflow.down.payload_bytes}),
              totals);
    ASSERT_EQ(biflow.packets.size(), totals[0] + totals[1]);
  }
}

}  // namespace
}  // namespace morgana::pcap
