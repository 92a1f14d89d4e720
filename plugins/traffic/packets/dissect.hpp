// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>

#include "packets/address.hpp"
#include "packets/captured_packet.hpp"

namespace morgana::packets {

inline constexpr std::uint8_t kTcp = 6, kUdp = 17;
enum TcpFlag : std::uint8_t { kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16, kUrg = 32, kEce = 64, kCwr = 128 };

/// What the headers of a TCP or UDP packet say.
struct Segment {
  End source, target;
  std::uint8_t protocol = 0;                     ///< kTcp or kUdp
  std::uint32_t ip_bytes = 0;                    ///< IP total length, of a fragment its own
  std::uint16_t ip_header_bytes = 0;             ///< IPv6 extension headers included
  std::uint16_t transport_header_bytes = 0;      ///< 0 in a fragment that is not the first
  std::uint32_t payload_bytes = 0;               ///< by the lengths in the headers, also where fewer were captured
  std::uint16_t window = 0;                      ///< TCP
  std::uint8_t flags = 0;                        ///< TCP
  std::uint16_t maximum_segment = 0;             ///< TCP option MSS; 0: absent
  std::int16_t window_shift = -1;                ///< TCP option window scale; -1: absent
  std::uint32_t sequence = 0, acknowledged = 0;  ///< TCP
  std::span<const std::uint8_t> payload{};       ///< captured bytes of it
};

/// What became of a packet.
enum class Verdict : std::uint8_t {
  kSegment,         ///< TCP or UDP
  kNotIp,           ///< ARP, LLDP, 802.11 management, ...
  kOtherProtocol,   ///< IP, but neither TCP nor UDP: ICMP, IGMP, ESP, ...
  kCutOff,          ///< fewer bytes captured than its headers need
  kMalformed,       ///< headers contradict themselves
  kOrphanFragment,  ///< a fragment whose first was not seen
  kUnknownLink,     ///< a link type that is not read
  kVerdicts
};
std::string_view name_of(Verdict verdict);  ///< "not IP", "cut off"

/// Goes down from the link layer to TCP or UDP: VLAN tags, MPLS, PPPoE, IPv4, IPv6 with extension headers, fragments,
/// GRE and IP in IP (the innermost IP counts).
///
/// A fragment after the first belongs to the biflow of the first one, its payload is what it carries; which is why a
/// dissector has a memory. It forgets the oldest fragmented datagrams beyond `kMostDatagrams`.
class Dissector {
 public:
  static constexpr std::size_t kMostDatagrams = 4096;

  Verdict dissect(const CapturedPacket& packet, Segment& segment);

 private:
  struct Datagram {
    std::array<std::uint8_t, 37> key{};  ///< addresses, protocol, identification
    auto operator<=>(const Datagram&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Datagram& datagram) const noexcept;
  };
  struct First {
    std::uint16_t source_port, target_port;
    std::uint64_t age;
  };

  class Layer;

  Verdict ethernet(Layer layer, Segment& segment, int depth);
  Verdict wireless(Layer layer, Segment& segment);
  Verdict link_control(Layer layer, Segment& segment, int depth);
  Verdict network(std::uint16_t type, Layer layer, Segment& segment, int depth);
  Verdict ip(Layer layer, Segment& segment, int depth);
  Verdict ipv4(Layer layer, Segment& segment, int depth);
  Verdict ipv6(Layer layer, Segment& segment, int depth);
  Verdict fragment(std::uint32_t identification, std::uint16_t offset, std::uint8_t protocol, Layer layer,
                   Segment& segment, int depth);
  void remember(const Datagram& datagram, const Segment& segment);
  Verdict transport(std::uint8_t protocol, Layer layer, Segment& segment, int depth);
  static Verdict tcp(Layer layer, Segment& segment);
  static void options(Layer layer, Segment& segment);
  Verdict udp(Layer layer, Segment& segment) const;
  Verdict gre(Layer layer, Segment& segment, int depth);

  bool fragmented_here_ = false;  ///< the transport header stands in the first of several fragments
  std::unordered_map<Datagram, First, Hash> fragmented_;
  std::uint64_t clock_ = 0;
};

}  // namespace morgana::packets
