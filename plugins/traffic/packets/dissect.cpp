// SPDX-License-Identifier: Apache-2.0
#include "packets/dissect.hpp"

#include <algorithm>
#include <cstring>

namespace morgana::packets {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t kIpInIp = 4, kIpv6InIp = 41, kGre = 47;
constexpr std::uint16_t kTypeIpv4 = 0x0800, kTypeIpv6 = 0x86dd, kTypeEthernet = 0x6558;
/// Tunnels in tunnels beyond this are nobody's traffic.
constexpr int kMostTunnels = 8;
constexpr int kMostVlanTags = 8, kMostExtensionHeaders = 16;

std::uint16_t u16(Bytes bytes, std::size_t at) {
  std::uint16_t value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return __builtin_bswap16(value);
}
std::uint32_t u32(Bytes bytes, std::size_t at) {
  std::uint32_t value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return __builtin_bswap32(value);
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSegment:
      return "TCP or UDP";
    case Verdict::kNotIp:
      return "not IP";
    case Verdict::kOtherProtocol:
      return "neither TCP nor UDP";
    case Verdict::kCutOff:
      return "cut off before its headers end";
    case Verdict::kMalformed:
      return "malformed";
    case Verdict::kOrphanFragment:
      return "fragment without its first";
    case Verdict::kUnknownLink:
      return "unknown link type";
    case Verdict::kVerdicts:
      break;
  }
  return "";
}

std::size_t Dissector::Hash::operator()(const Datagram& datagram) const noexcept {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(datagram.key.data()), datagram.key.size()});
}

Verdict Dissector::dissect(const CapturedPacket& packet, Segment& segment) {
  segment = Segment{};
  const auto bytes = packet.bytes;
  const auto after = [&](std::size_t header) {
    wire_bytes_ =
        packet.original_bytes - std::min<std::uint32_t>(packet.original_bytes, static_cast<std::uint32_t>(header));
    return bytes.subspan(header);
  };
  switch (packet.link_type) {
    case LinkType::kEthernet:
      wire_bytes_ = packet.original_bytes;
      return ethernet(bytes, segment, 0);
    case LinkType::kRaw:
    case LinkType::kRawBsd:
    case LinkType::kIpv4:
    case LinkType::kIpv6:
      return ip(after(0), segment, 0);
    case LinkType::kNull:
    case LinkType::kLoop: {
      if (bytes.size() < 4) return Verdict::kCutOff;
      const auto family = u32(bytes, 0), turned = __builtin_bswap32(family);
      for (const std::uint32_t known : {2, 10, 24, 28, 30})  // AF_INET, and AF_INET6 of the systems that write this
        if (family == known || turned == known) return ip(after(4), segment, 0);
      return Verdict::kNotIp;
    }
    case LinkType::kLinuxCooked:
      if (bytes.size() < 16) return Verdict::kCutOff;
      return network(u16(bytes, 14), after(16), segment, 0);
    case LinkType::kLinuxCooked2:
      if (bytes.size() < 20) return Verdict::kCutOff;
      return network(u16(bytes, 0), after(20), segment, 0);
    case LinkType::kRadiotap: {
      if (bytes.size() < 8) return Verdict::kCutOff;
      const std::size_t header = bytes[2] | bytes[3] << 8;
      if (bytes[0] != 0 || header < 8) return Verdict::kMalformed;
      if (bytes.size() < header) return Verdict::kCutOff;
      return wireless(after(header), segment);
    }
    case LinkType::kIeee80211:
      return wireless(after(0), segment);
  }
  return Verdict::kUnknownLink;
}

/// Takes a header off what is left, and off what the wire carried.
Bytes Dissector::past(Bytes bytes, std::size_t header) {
  wire_bytes_ -= std::min<std::uint32_t>(wire_bytes_, static_cast<std::uint32_t>(header));
  return bytes.subspan(header);
}

Verdict Dissector::ethernet(Bytes bytes, Segment& segment, int depth) {
  if (bytes.size() < 14) return Verdict::kCutOff;
  return network(u16(bytes, 12), past(bytes, 14), segment, depth);
}

/// An IEEE 802.11 data frame in the clear.
Verdict Dissector::wireless(Bytes bytes, Segment& segment) {
  if (bytes.size() < 24) return bytes.size() >= 2 && (bytes[0] & 0x0c) != 0x08 ? Verdict::kNotIp : Verdict::kCutOff;
  const bool data = (bytes[0] & 0x0c) == 0x08, empty = (bytes[0] & 0x40) != 0, encrypted = (bytes[1] & 0x40) != 0;
  if (!data || empty || encrypted) return Verdict::kNotIp;
  std::size_t header = 24;
  if ((bytes[1] & 0x03) == 0x03) header += 6;                                  // a fourth address
  if ((bytes[0] & 0x80) != 0) header += 2 + ((bytes[1] & 0x80) != 0 ? 4 : 0);  // QoS, HT control
  if (bytes.size() < header) return Verdict::kCutOff;
  return link_control(past(bytes, header), segment, 0);
}

/// IEEE 802.2 LLC with SNAP.
Verdict Dissector::link_control(Bytes bytes, Segment& segment, int depth) {
  if (bytes.size() < 8) return Verdict::kCutOff;
  if (bytes[0] != 0xaa || bytes[1] != 0xaa || bytes[2] != 0x03) return Verdict::kNotIp;
  return network(u16(bytes, 6), past(bytes, 8), segment, depth);
}

/// By EtherType.
Verdict Dissector::network(std::uint16_t type, Bytes bytes, Segment& segment, int depth) {
  for (int tag = 0; tag < kMostVlanTags; ++tag) {
    if (type == kTypeIpv4 || type == kTypeIpv6) return ip(bytes, segment, depth);
    if (type < 0x0600) return link_control(bytes, segment, depth);  // IEEE 802.3: a length
    if (type == 0x8100 || type == 0x88a8 || type == 0x9100) {       // VLAN
      if (bytes.size() < 4) return Verdict::kCutOff;
      type = u16(bytes, 2);
      bytes = past(bytes, 4);
    } else if (type == 0x8864) {  // PPPoE session
      if (bytes.size() < 8) return Verdict::kCutOff;
      const auto protocol = u16(bytes, 6);
      return protocol == 0x0021 || protocol == 0x0057 ? ip(past(bytes, 8), segment, depth) : Verdict::kNotIp;
    } else if (type == 0x8847 || type == 0x8848) {  // MPLS: labels, then an IP version
      if (bytes.size() < 4) return Verdict::kCutOff;
      const bool last = (bytes[2] & 1) != 0;
      bytes = past(bytes, 4);
      if (last) return ip(bytes, segment, depth);
    } else {
      return Verdict::kNotIp;
    }
  }
  return Verdict::kMalformed;
}

Verdict Dissector::ip(Bytes bytes, Segment& segment, int depth) {
  if (depth > kMostTunnels) return Verdict::kMalformed;
  if (bytes.empty()) return Verdict::kCutOff;
  switch (bytes[0] >> 4) {
    case 4:
      return ipv4(bytes, segment, depth);
    case 6:
      return ipv6(bytes, segment, depth);
    default:
      return Verdict::kNotIp;
  }
}

Verdict Dissector::ipv4(Bytes bytes, Segment& segment, int depth) {
  if (bytes.size() < 20) return Verdict::kCutOff;
  const std::uint32_t header = (bytes[0] & 0x0fu) * 4;
  std::uint32_t length = u16(bytes, 2);
  if (length == 0) length = wire_bytes_;  // the card was to cut it (TSO): the frame knows
  if (header < 20 || length < header || length > wire_bytes_) return Verdict::kMalformed;
  if (bytes.size() < header) return Verdict::kCutOff;
  segment.source.address = Address::ipv4(bytes.data() + 12);
  segment.target.address = Address::ipv4(bytes.data() + 16);
  segment.ip_bytes = length;
  segment.ip_header_bytes = static_cast<std::uint16_t>(header);
  const auto flags = u16(bytes, 6);
  const std::uint8_t protocol = bytes[9];
  auto body = bytes.subspan(header, std::min<std::size_t>(bytes.size(), length) - header);
  wire_bytes_ = length - header;
  if ((flags & 0x3fff) == 0) return transport(protocol, body, length - header, segment, depth);
  return fragment(u16(bytes, 4), flags & 0x1fff, protocol, body, length - header, segment, depth);
}

Verdict Dissector::ipv6(Bytes bytes, Segment& segment, int depth) {
  constexpr std::uint32_t kHeader = 40;
  if (bytes.size() < kHeader) return Verdict::kCutOff;
  std::uint32_t length = kHeader + u16(bytes, 4);
  if (length == kHeader) length = std::max(wire_bytes_, kHeader);  // a jumbogram, or cut by the card
  if (length > wire_bytes_) return Verdict::kMalformed;
  std::memcpy(segment.source.address.bytes.data(), bytes.data() + 8, 16);
  std::memcpy(segment.target.address.bytes.data(), bytes.data() + 24, 16);
  segment.ip_bytes = length;
  auto body = bytes.subspan(0, std::min<std::size_t>(bytes.size(), length));
  std::uint8_t next = bytes[6];
  std::uint32_t at = kHeader;
  for (int extension = 0; extension < kMostExtensionHeaders; ++extension) {
    const bool options = next == 0 || next == 43 || next == 60 || next == 135 || next == 139 || next == 140;
    if (!options && next != 44 && next != 51) {
      segment.ip_header_bytes = static_cast<std::uint16_t>(std::min<std::uint32_t>(at, 0xffff));
      wire_bytes_ = length - at;
      return transport(next, body.subspan(at), length - at, segment, depth);
    }
    if (at + 8 > length) return Verdict::kMalformed;
    if (at + 8 > body.size()) return Verdict::kCutOff;
    const auto fragmentation = u16(body, at + 2);
    const auto identification = u32(body, at + 4);
    const std::uint8_t kind = next;
    next = body[at];
    at += kind == 44 ? 8 : kind == 51 ? (body[at + 1] + 2u) * 4 : (body[at + 1] + 1u) * 8;
    if (at > length) return Verdict::kMalformed;
    if (at > body.size()) return Verdict::kCutOff;
    if (kind == 44 && (fragmentation & 0xfff9) != 0) {
      segment.ip_header_bytes = static_cast<std::uint16_t>(std::min<std::uint32_t>(at, 0xffff));
      wire_bytes_ = length - at;
      return fragment(identification, fragmentation >> 3, next, body.subspan(at), length - at, segment, depth);
    }
  }
  return Verdict::kMalformed;
}

/// `offset` in units of eight bytes; 0: the first fragment, whose ports the others are known by.
Verdict Dissector::fragment(std::uint32_t identification, std::uint16_t offset, std::uint8_t protocol, Bytes bytes,
                            std::uint32_t length, Segment& segment, int depth) {
  if (protocol != kTcp && protocol != kUdp) {
    // A tunnel's fragments are not put together again: the first holds the inner headers, the others nothing.
    return offset == 0 ? transport(protocol, bytes, length, segment, depth) : Verdict::kOrphanFragment;
  }
  Datagram datagram;
  std::memcpy(datagram.key.data(), segment.source.address.bytes.data(), 16);
  std::memcpy(datagram.key.data() + 16, segment.target.address.bytes.data(), 16);
  std::memcpy(datagram.key.data() + 32, &identification, 4);
  datagram.key[36] = protocol;
  if (offset == 0) {
    fragmented_here_ = true;
    const auto verdict = transport(protocol, bytes, length, segment, depth);
    fragmented_here_ = false;
    if (verdict == Verdict::kSegment) remember(datagram, segment);
    return verdict;
  }
  const auto first = fragmented_.find(datagram);
  if (first == fragmented_.end()) return Verdict::kOrphanFragment;
  segment.source.port = first->second.source_port;
  segment.target.port = first->second.target_port;
  segment.protocol = protocol;
  segment.payload_bytes = length;
  segment.payload = bytes;
  return Verdict::kSegment;
}

void Dissector::remember(const Datagram& datagram, const Segment& segment) {
  if (fragmented_.size() >= kMostDatagrams && !fragmented_.contains(datagram)) {
    const auto oldest = std::min_element(fragmented_.begin(), fragmented_.end(),
                                         [](const auto& a, const auto& b) { return a.second.age < b.second.age; });
    fragmented_.erase(oldest);
  }
  fragmented_[datagram] = {segment.source.port, segment.target.port, clock_++};
}

/// `bytes`: what was captured of the `length` bytes that the IP packet carries.
Verdict Dissector::transport(std::uint8_t protocol, Bytes bytes, std::uint32_t length, Segment& segment, int depth) {
  switch (protocol) {
    case kTcp:
      return tcp(bytes, length, segment);
    case kUdp:
      return udp(bytes, length, segment);
    case kIpInIp:
    case kIpv6InIp:
      return ip(bytes, segment, depth + 1);
    case kGre:
      return gre(bytes, segment, depth);
    default:
      return Verdict::kOtherProtocol;
  }
}

Verdict Dissector::tcp(Bytes bytes, std::uint32_t length, Segment& segment) {
  if (length < 20) return Verdict::kMalformed;
  if (bytes.size() < 20) return Verdict::kCutOff;
  const std::uint32_t header = (bytes[12] >> 4) * 4u;
  if (header < 20 || header > length) return Verdict::kMalformed;
  segment.protocol = kTcp;
  segment.source.port = u16(bytes, 0);
  segment.target.port = u16(bytes, 2);
  segment.sequence = u32(bytes, 4);
  segment.acknowledged = u32(bytes, 8);
  segment.flags = bytes[13];
  segment.window = u16(bytes, 14);
  segment.transport_header_bytes = static_cast<std::uint16_t>(header);
  segment.payload_bytes = length - header;
  if (bytes.size() > header) segment.payload = bytes.subspan(header);
  if ((segment.flags & kSyn) != 0 && header > 20)
    options(bytes.subspan(20, std::min<std::size_t>(bytes.size(), header) - 20), segment);
  return Verdict::kSegment;
}

void Dissector::options(Bytes bytes, Segment& segment) {
  for (std::size_t at = 0; at < bytes.size() && bytes[at] != 0;) {
    if (bytes[at] == 1) {
      ++at;
      continue;
    }
    if (at + 1 >= bytes.size()) return;
    const std::size_t size = bytes[at + 1];
    if (size < 2 || at + size > bytes.size()) return;
    if (bytes[at] == 2 && size == 4) segment.maximum_segment = u16(bytes, at + 2);
    if (bytes[at] == 3 && size == 3) segment.window_shift = bytes[at + 2];
    at += size;
  }
}

Verdict Dissector::udp(Bytes bytes, std::uint32_t length, Segment& segment) {
  constexpr std::uint32_t kHeader = 8;
  if (length < kHeader) return Verdict::kMalformed;
  if (bytes.size() < kHeader) return Verdict::kCutOff;
  std::uint32_t claimed = u16(bytes, 4);
  if (claimed == 0 || fragmented_here_) claimed = length;  // a jumbogram; a first fragment carries a part
  if (claimed < kHeader || claimed > length) return Verdict::kMalformed;
  segment.protocol = kUdp;
  segment.source.port = u16(bytes, 0);
  segment.target.port = u16(bytes, 2);
  segment.transport_header_bytes = kHeader;
  segment.payload_bytes = claimed - kHeader;
  segment.payload = bytes.subspan(kHeader, std::min<std::size_t>(bytes.size(), claimed) - kHeader);
  return Verdict::kSegment;
}

/// RFC 2784 and 2890; RFC 2637 (PPTP) as version 1.
Verdict Dissector::gre(Bytes bytes, Segment& segment, int depth) {
  if (depth >= kMostTunnels) return Verdict::kMalformed;
  if (bytes.size() < 4) return Verdict::kCutOff;
  const auto flags = u16(bytes, 0), type = u16(bytes, 2);
  const bool checksum = (flags & 0x8000) != 0, routing = (flags & 0x4000) != 0, key = (flags & 0x2000) != 0,
             sequence = (flags & 0x1000) != 0, acknowledged = (flags & 0x0080) != 0;
  const int version = flags & 7;
  if (routing || version > 1) return Verdict::kOtherProtocol;
  const std::size_t header =
      4 + 4u * (static_cast<unsigned>(checksum) + key + sequence + (version == 1 && acknowledged ? 1 : 0));
  if (bytes.size() < header) return Verdict::kCutOff;
  auto inner = past(bytes, header);
  if (version == 0) {
    if (type == kTypeEthernet) return ethernet(inner, segment, depth + 1);
    return type == kTypeIpv4 || type == kTypeIpv6 ? ip(inner, segment, depth + 1) : Verdict::kOtherProtocol;
  }
  if (type != 0x880b) return Verdict::kOtherProtocol;
  if (inner.size() >= 2 && inner[0] == 0xff && inner[1] == 0x03) inner = past(inner, 2);  // PPP's address and control
  if (inner.empty()) return Verdict::kOtherProtocol;                                      // an acknowledgement alone
  const std::size_t size = (inner[0] & 1) != 0 ? 1 : 2;  // PPP's protocol may be compressed
  if (inner.size() < size) return Verdict::kCutOff;
  const std::uint16_t protocol = size == 1 ? inner[0] : u16(inner, 0);
  return protocol == 0x0021 || protocol == 0x0057 ? ip(past(inner, size), segment, depth + 1) : Verdict::kOtherProtocol;
}

}  // namespace morgana::packets
