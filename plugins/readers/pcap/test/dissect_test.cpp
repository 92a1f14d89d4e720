// SPDX-License-Identifier: Apache-2.0
#include "packets/dissect.hpp"

#include <gtest/gtest.h>

#include "packet_bytes.hpp"

namespace morgana::pcap {
namespace {

using namespace bytes;
using packets::Dissector;
using packets::LinkType;
using packets::Segment;
using packets::Verdict;

struct Result {
  Verdict verdict;
  Segment segment;
};

/// `original`: bytes on the wire, where more were sent than captured.
Result dissect(Dissector& dissector, const Bytes& packet, LinkType link = LinkType::kEthernet,
               std::size_t original = 0) {
  Result result;
  result.verdict = dissector.dissect(
      {0, link, static_cast<std::uint32_t>(original == 0 ? packet.size() : original), packet}, result.segment);
  return result;
}
Result dissect(const Bytes& packet, LinkType link = LinkType::kEthernet, std::size_t original = 0) {
  Dissector dissector;
  return dissect(dissector, packet, link, original);
}

Bytes request() { return ipv4(kPhone, kServer, 6, tcp(40001, 443, 0x18, 343, filler(120))); }

void expect_request(const Result& result, const char* what) {
  SCOPED_TRACE(what);
  ASSERT_EQ(result.verdict, Verdict::kSegment);
  const auto& segment = result.segment;
  EXPECT_EQ(segment.source.address.text(), "192.168.20.105");
  EXPECT_EQ(segment.target.address.text(), "203.0.113.7");
  EXPECT_EQ(segment.source.port, 40001);
  EXPECT_EQ(segment.target.port, 443);
  EXPECT_EQ(segment.protocol, packets::kTcp);
  EXPECT_EQ(segment.ip_bytes, 160u);
  EXPECT_EQ(segment.ip_header_bytes, 20);
  EXPECT_EQ(segment.transport_header_bytes, 20);
  EXPECT_EQ(segment.payload_bytes, 120u);
  EXPECT_EQ(segment.window, 343);
  EXPECT_EQ(segment.flags, packets::kPsh | packets::kAck);
  EXPECT_EQ(segment.sequence, 1000u);
  EXPECT_EQ(segment.acknowledged, 2000u);
  EXPECT_EQ(Bytes(segment.payload.begin(), segment.payload.end()), filler(120));
}

TEST(Dissect, GoesThroughEveryLinkLayer) {
  expect_request(dissect(ethernet(request())), "Ethernet");
  expect_request(dissect(ethernet(request()) + Bytes(6)), "Ethernet with padding");
  expect_request(dissect(ethernet(number(5, 2) + number(0x0800, 2) + request(), 0x8100)), "VLAN");
  expect_request(
      dissect(ethernet(number(5, 2) + number(0x8100, 2) + number(6, 2) + number(0x0800, 2) + request(), 0x88a8)),
      "two VLAN tags");
  expect_request(dissect(ethernet(Bytes{0x00, 0x01, 0x00, 0x40, 0x00, 0x02, 0x01, 0x40} + request(), 0x8847)), "MPLS");
  expect_request(dissect(ethernet(Bytes{0x11, 0, 0, 1} + number(162, 2) + number(0x0021, 2) + request(), 0x8864)),
                 "PPPoE");
  expect_request(dissect(ethernet(Bytes{0xaa, 0xaa, 3, 0, 0, 0, 8, 0} + request(), 168)), "802.3 with SNAP");
  expect_request(dissect(Bytes(14) + number(0x0800, 2) + request(), LinkType::kLinuxCooked), "Linux cooked");
  expect_request(dissect(number(0x0800, 2) + Bytes(18) + request(), LinkType::kLinuxCooked2), "Linux cooked 2");
  expect_request(dissect(request(), LinkType::kRaw), "raw IP");
  expect_request(dissect(request(), LinkType::kIpv4), "IPv4");
  expect_request(dissect(number(2, 4, Order::kLittle) + request(), LinkType::kNull), "BSD loopback");
  expect_request(dissect(number(2, 4) + request(), LinkType::kLoop), "OpenBSD loopback");
  const Bytes radiotap{0, 0, 12, 0, 0, 0, 0, 0, 1, 2, 3, 4};
  const Bytes snap{0xaa, 0xaa, 3, 0, 0, 0, 8, 0};
  expect_request(dissect(radiotap + Bytes{0x08, 0x01} + Bytes(22) + snap + request(), LinkType::kRadiotap), "802.11");
  expect_request(dissect(radiotap + Bytes{0x88, 0x03} + Bytes(30) + snap + request(), LinkType::kRadiotap),
                 "802.11 with QoS and four addresses");
}

TEST(Dissect, GoesThroughTunnels) {
  const Ipv4Address a{198, 51, 100, 1}, b{198, 51, 100, 2};
  expect_request(dissect(ipv4(a, b, 4, request()), LinkType::kRaw), "IP in IP");
  expect_request(dissect(ipv6(1, 2, 4, request()), LinkType::kRaw), "IPv4 in IPv6");
  expect_request(dissect(ipv4(a, b, 47, number(0, 2) + number(0x0800, 2) + request()), LinkType::kRaw), "GRE");
  expect_request(dissect(ipv4(a, b, 47, number(0xb000, 2) + number(0x0800, 2) + Bytes(12) + request()), LinkType::kRaw),
                 "GRE with checksum, key and sequence number");
  expect_request(dissect(ipv4(a, b, 47, number(0, 2) + number(0x6558, 2) + ethernet(request())), LinkType::kRaw),
                 "Ethernet in GRE");
  expect_request(
      dissect(ipv4(a, b, 47, number(0x3081, 2) + number(0x880b, 2) + Bytes(12) + Bytes{0xff, 3, 0, 0x21} + request()),
              LinkType::kRaw),
      "PPTP");
  auto nested = request();
  for (int i = 0; i < 12; ++i) nested = ipv4(a, b, 4, nested);
  EXPECT_EQ(dissect(nested, LinkType::kRaw).verdict, Verdict::kMalformed) << "tunnels without end";
}

TEST(Dissect, ReadsIpv6WithItsExtensionHeaders) {
  const auto body = udp(5000, 53, filler(30));
  const auto plain = dissect(ipv6(1, 2, 17, body), LinkType::kIpv6);
  ASSERT_EQ(plain.verdict, Verdict::kSegment);
  EXPECT_EQ(plain.segment.source.address.text(), "2001:db8::1");
  EXPECT_FALSE(plain.segment.source.address.is_ipv4());
  EXPECT_EQ(plain.segment.ip_bytes, 78u);
  EXPECT_EQ(plain.segment.ip_header_bytes, 40);
  EXPECT_EQ(plain.segment.payload_bytes, 30u);
  // hop-by-hop, routing, destination options, authentication
  const auto long_way = dissect(ipv6(1, 2, 0,
                                     Bytes{43, 0} + Bytes(6) + Bytes{60, 1} + Bytes(14) + Bytes{51, 0} + Bytes(6) +
                                         Bytes{17, 4} + Bytes(22) + body),
                                LinkType::kIpv6);
  ASSERT_EQ(long_way.verdict, Verdict::kSegment);
  EXPECT_EQ(long_way.segment.ip_header_bytes, 40 + 8 + 16 + 8 + 24);
  EXPECT_EQ(long_way.segment.payload_bytes, 30u);
  EXPECT_EQ(dissect(ipv6(1, 2, 0, Bytes{43, 9, 0, 0, 0, 0, 0, 0}), LinkType::kIpv6).verdict, Verdict::kMalformed);
  EXPECT_EQ(dissect(ipv6(1, 2, 58, filler(8)), LinkType::kIpv6).verdict, Verdict::kOtherProtocol);
}

TEST(Dissect, GivesFragmentsToTheBiflowOfTheirFirst) {
  Dissector dissector;
  const auto whole = udp(5000, 53, filler(2000));
  const Bytes first(whole.begin(), whole.begin() + 1480), second(whole.begin() + 1480, whole.end());
  EXPECT_EQ(dissect(dissector, ipv4(kPhone, kServer, 17, second, 185), LinkType::kRaw).verdict,
            Verdict::kOrphanFragment);
  const auto head = dissect(dissector, ipv4(kPhone, kServer, 17, first, 0x2000), LinkType::kRaw);
  ASSERT_EQ(head.verdict, Verdict::kSegment);
  EXPECT_EQ(head.segment.payload_bytes, 1472u);
  const auto tail = dissect(dissector, ipv4(kPhone, kServer, 17, second, 185), LinkType::kRaw);
  ASSERT_EQ(tail.verdict, Verdict::kSegment);
  EXPECT_EQ(tail.segment.source.port, 5000);
  EXPECT_EQ(tail.segment.target.port, 53);
  EXPECT_EQ(tail.segment.payload_bytes, 528u) << "both together carry the 2000 bytes";
  EXPECT_EQ(tail.segment.transport_header_bytes, 0);
  EXPECT_EQ(dissect(dissector, ipv4(kPhone, kServer, 17, second, 185, 8), LinkType::kRaw).verdict,
            Verdict::kOrphanFragment)
      << "another datagram";
  const auto in_ipv6 = [&](const Bytes& part, std::uint16_t offset) {
    return ipv6(1, 2, 44, Bytes{17, 0} + number(offset, 2) + number(77, 4) + part);
  };
  ASSERT_EQ(dissect(dissector, in_ipv6(first, 1), LinkType::kRaw).verdict, Verdict::kSegment);
  const auto last = dissect(dissector, in_ipv6(second, 1480), LinkType::kRaw);
  ASSERT_EQ(last.verdict, Verdict::kSegment);
  EXPECT_EQ(last.segment.source.port, 5000);
  EXPECT_EQ(last.segment.ip_header_bytes, 48);
}

TEST(Dissect, ForgetsTheOldestFragmentedDatagrams) {
  Dissector dissector;
  const auto whole = udp(5000, 53, filler(64));
  const Bytes first(whole.begin(), whole.begin() + 48), second(whole.begin() + 48, whole.end());
  for (std::size_t id = 0; id <= Dissector::kMostDatagrams; ++id)
    dissect(dissector, ipv4(kPhone, kServer, 17, first, 0x2000, static_cast<std::uint16_t>(id)), LinkType::kRaw);
  EXPECT_EQ(dissect(dissector, ipv4(kPhone, kServer, 17, second, 6, 0), LinkType::kRaw).verdict,
            Verdict::kOrphanFragment);
  EXPECT_EQ(dissect(dissector, ipv4(kPhone, kServer, 17, second, 6, 1), LinkType::kRaw).verdict, Verdict::kSegment);
}

TEST(Dissect, CountsPayloadByTheHeadersWhereTheCaptureWasCut) {
  const auto packet = ethernet(ipv4(kPhone, kServer, 6, tcp(1, 2, 0x10, 3, filler(1400))));
  const auto result = dissect(Bytes(packet.begin(), packet.begin() + 64), LinkType::kEthernet, packet.size());
  ASSERT_EQ(result.verdict, Verdict::kSegment);
  EXPECT_EQ(result.segment.payload_bytes, 1400u);
  EXPECT_EQ(result.segment.payload.size(), 10u);
  EXPECT_EQ(dissect(Bytes(packet.begin(), packet.begin() + 50), LinkType::kEthernet, packet.size()).verdict,
            Verdict::kCutOff);
}

TEST(Dissect, TakesTheFramesLengthWhereTheCardWasToCutThePacket) {
  auto packet = request();
  packet[2] = packet[3] = 0;
  const auto result = dissect(ethernet(packet));
  ASSERT_EQ(result.verdict, Verdict::kSegment);
  EXPECT_EQ(result.segment.payload_bytes, 120u);
}

TEST(Dissect, ReadsTheOptionsOfASyn) {
  const auto packet = ipv4(kPhone, kServer, 6, tcp(1, 2, 2, 65535, {}, {2, 4, 0x05, 0xb4, 1, 3, 3, 7, 4, 2, 0, 0}));
  const auto result = dissect(packet, LinkType::kRaw);
  EXPECT_EQ(result.segment.maximum_segment, 1460);
  EXPECT_EQ(result.segment.window_shift, 7);
  EXPECT_EQ(dissect(request(), LinkType::kRaw).segment.window_shift, -1);
  for (const auto& damaged : {Bytes{2, 0, 0, 0}, Bytes{3, 40, 0, 0}, Bytes{1, 1, 1, 2}})
    EXPECT_EQ(dissect(ipv4(kPhone, kServer, 6, tcp(1, 2, 2, 0, {}, damaged)), LinkType::kRaw).segment.maximum_segment,
              0);
}

TEST(Dissect, TellsApartWhatItDoesNotRead) {
  EXPECT_EQ(dissect(ethernet(Bytes(28), 0x0806)).verdict, Verdict::kNotIp) << "ARP";
  EXPECT_EQ(dissect(ipv4(kPhone, kServer, 1, filler(8)), LinkType::kRaw).verdict, Verdict::kOtherProtocol) << "ICMP";
  EXPECT_EQ(dissect(filler(60), static_cast<LinkType>(147)).verdict, Verdict::kUnknownLink);
  EXPECT_EQ(dissect(Bytes{2, 0, 0}).verdict, Verdict::kCutOff);
  EXPECT_EQ(dissect({}, LinkType::kRaw).verdict, Verdict::kCutOff);
  auto wrong = request();
  wrong[0] = 0x44;
  EXPECT_EQ(dissect(wrong, LinkType::kRaw).verdict, Verdict::kMalformed) << "an IP header of 16 bytes";
  wrong = request();
  wrong[3] = 200;
  EXPECT_EQ(dissect(wrong, LinkType::kRaw).verdict, Verdict::kMalformed) << "longer than the frame";
  wrong = request();
  wrong[32] = 0x40;
  EXPECT_EQ(dissect(wrong, LinkType::kRaw).verdict, Verdict::kMalformed) << "a TCP header of 16 bytes";
  wrong = ipv4(kPhone, kServer, 17, udp(1, 2, filler(5)));
  wrong[25] = 99;
  EXPECT_EQ(dissect(wrong, LinkType::kRaw).verdict, Verdict::kMalformed) << "UDP longer than IP";
}

TEST(Dissect, NeverReadsBeyondAPacket) {
  // Cut at every byte and with every byte turned: whatever comes out, the sanitizers have nothing to say.
  Dissector dissector;
  const Ipv4Address a{198, 51, 100, 1}, b{198, 51, 100, 2};
  for (const auto& packet :
       {ethernet(request()),
        ethernet(ipv6(1, 2, 0, Bytes{60, 0} + Bytes(6) + Bytes{17, 0} + Bytes(6) + udp(1, 2, filler(9))), 0x86dd),
        ethernet(ipv4(a, b, 47, number(0xb000, 2) + number(0x0800, 2) + Bytes(12) + request()))}) {
    for (std::size_t size = 0; size <= packet.size(); ++size) {
      const Bytes part(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
      const auto result = dissect(dissector, part, LinkType::kEthernet, packet.size());
      EXPECT_TRUE(size < packet.size() || result.verdict == Verdict::kSegment);
      EXPECT_LE(result.segment.payload.size(), size);
    }
    for (std::size_t i = 0; i < packet.size(); ++i)
      for (const int value : {0x00, 0xff, 0x45, 0x2f}) {
        auto turned = packet;
        turned[i] = static_cast<std::uint8_t>(value);
        EXPECT_LE(dissect(dissector, turned).segment.payload.size(), packet.size());
      }
  }
}

}  // namespace
}  // namespace morgana::pcap
