// SPDX-License-Identifier: Apache-2.0
#include "packets/dissect.hpp"

#include <algorithm>
#include <cstring>

namespace morgana::packets {
namespace {

constexpr std::uint8_t kIpInIp = 4, kIpv6InIp = 41, kGre = 47;
constexpr std::uint16_t kTypeIpv4 = 0x0800, kTypeIpv6 = 0x86dd, kTypeEthernet = 0x6558;
/// Tunnels in tunnels beyond this are nobody's traffic.
constexpr int kMostTunnels = 8;
constexpr int kMostVlanTags = 8, kMostExtensionHeaders = 16;

}  // namespace

/// A packet from one of its layers on: what was captured of it, and how much of it the wire carried.
class Dissector::Layer {
 public:
  Layer(std::span<const std::uint8_t> bytes, std::uint32_t wire)
      : bytes_(bytes.data()), captured_(static_cast<std::uint32_t>(bytes.size())), wire_(wire) {}

  std::uint32_t captured() const noexcept { return captured_; }
  std::uint32_t wire() const noexcept { return wire_; }
  const std::uint8_t* data() const noexcept { return bytes_; }
  std::span<const std::uint8_t> bytes() const noexcept { return {bytes_, captured_}; }
  std::uint8_t operator[](std::uint32_t at) const noexcept { return bytes_[at]; }
  std::uint16_t u16(std::uint32_t at) const noexcept {
    std::uint16_t value;
    std::memcpy(&value, bytes_ + at, sizeof value);
    return __builtin_bswap16(value);
  }
  std::uint32_t u32(std::uint32_t at) const noexcept {
    std::uint32_t value;
    std::memcpy(&value, bytes_ + at, sizeof value);
    return __builtin_bswap32(value);
  }

  /// What follows the first `header` bytes, or those of them that were captured.
  Layer past(std::uint32_t header) const noexcept {
    const auto step = std::min(header, captured_);
    return {{bytes_ + step, captured_ - step}, wire_ - std::min(header, wire_)};
  }
  /// The first `length` bytes that the wire carried.
  Layer first(std::uint32_t length) const noexcept { return {{bytes_, std::min(captured_, length)}, length}; }

 private:
  const std::uint8_t* bytes_;
  std::uint32_t captured_, wire_;
};

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
  const Layer layer(packet.bytes, packet.original_bytes);
  switch (packet.link_type) {
    case LinkType::kEthernet:
      return ethernet(layer, segment, 0);
    case LinkType::kRaw:
    case LinkType::kRawBsd:
    case LinkType::kIpv4:
    case LinkType::kIpv6:
      return ip(layer, segment, 0);
    case LinkType::kNull:
    case LinkType::kLoop: {
      if (layer.captured() < 4) return Verdict::kCutOff;
      const auto family = layer.u32(0), turned = __builtin_bswap32(family);
      for (const std::uint32_t known : {2, 10, 24, 28, 30})  // AF_INET, and AF_INET6 of the systems that write this
        if (family == known || turned == known) return ip(layer.past(4), segment, 0);
      return Verdict::kNotIp;
    }
    case LinkType::kLinuxCooked:
      if (layer.captured() < 16) return Verdict::kCutOff;
      return network(layer.u16(14), layer.past(16), segment, 0);
    case LinkType::kLinuxCooked2:
      if (layer.captured() < 20) return Verdict::kCutOff;
      return network(layer.u16(0), layer.past(20), segment, 0);
    case LinkType::kRadiotap: {
      if (layer.captured() < 8) return Verdict::kCutOff;
      const std::uint32_t header = layer[2] | layer[3] << 8;
      if (layer[0] != 0 || header < 8) return Verdict::kMalformed;
      if (layer.captured() < header) return Verdict::kCutOff;
      return wireless(layer.past(header), segment);
    }
    case LinkType::kIeee80211:
      return wireless(layer, segment);
  }
  return Verdict::kUnknownLink;
}

Verdict Dissector::ethernet(Layer layer, Segment& segment, int depth) {
  if (layer.captured() < 14) return Verdict::kCutOff;
  return network(layer.u16(12), layer.past(14), segment, depth);
}

/// An IEEE 802.11 data frame in the clear.
Verdict Dissector::wireless(Layer layer, Segment& segment) {
  if (layer.captured() < 24)
    return layer.captured() >= 2 && (layer[0] & 0x0c) != 0x08 ? Verdict::kNotIp : Verdict::kCutOff;
  const bool data = (layer[0] & 0x0c) == 0x08, empty = (layer[0] & 0x40) != 0, encrypted = (layer[1] & 0x40) != 0;
  if (!data || empty || encrypted) return Verdict::kNotIp;
  std::uint32_t header = 24;
  if ((layer[1] & 0x03) == 0x03) header += 6;                                  // a fourth address
  if ((layer[0] & 0x80) != 0) header += 2 + ((layer[1] & 0x80) != 0 ? 4 : 0);  // QoS, HT control
  if (layer.captured() < header) return Verdict::kCutOff;
  return link_control(layer.past(header), segment, 0);
}

/// IEEE 802.2 LLC with SNAP.
Verdict Dissector::link_control(Layer layer, Segment& segment, int depth) {
  if (layer.captured() < 8) return Verdict::kCutOff;
  if (layer[0] != 0xaa || layer[1] != 0xaa || layer[2] != 0x03) return Verdict::kNotIp;
  return network(layer.u16(6), layer.past(8), segment, depth);
}

/// By EtherType.
Verdict Dissector::network(std::uint16_t type, Layer layer, Segment& segment, int depth) {
  for (int tag = 0; tag < kMostVlanTags; ++tag) {
    if (type == kTypeIpv4 || type == kTypeIpv6) return ip(layer, segment, depth);
    if (type < 0x0600) return link_control(layer, segment, depth);  // IEEE 802.3: a length
    if (type == 0x8100 || type == 0x88a8 || type == 0x9100) {       // VLAN
      if (layer.captured() < 4) return Verdict::kCutOff;
      type = layer.u16(2);
      layer = layer.past(4);
    } else if (type == 0x8864) {  // PPPoE session
      if (layer.captured() < 8) return Verdict::kCutOff;
      const auto protocol = layer.u16(6);
      return protocol == 0x0021 || protocol == 0x0057 ? ip(layer.past(8), segment, depth) : Verdict::kNotIp;
    } else if (type == 0x8847 || type == 0x8848) {  // MPLS: labels, then an IP version
      if (layer.captured() < 4) return Verdict::kCutOff;
      const bool last = (layer[2] & 1) != 0;
      layer = layer.past(4);
      if (last) return ip(layer, segment, depth);
    } else {
      return Verdict::kNotIp;
    }
  }
  return Verdict::kMalformed;
}

Verdict Dissector::ip(Layer layer, Segment& segment, int depth) {
  if (depth > kMostTunnels) return Verdict::kMalformed;
  if (layer.captured() == 0) return Verdict::kCutOff;
  switch (layer[0] >> 4) {
    case 4:
      return ipv4(layer, segment, depth);
    case 6:
      return ipv6(layer, segment, depth);
    default:
      return Verdict::kNotIp;
  }
}

Verdict Dissector::ipv4(Layer layer, Segment& segment, int depth) {
  if (layer.captured() < 20) return Verdict::kCutOff;
  const std::uint32_t header = (layer[0] & 0x0fu) * 4;
  std::uint32_t length = layer.u16(2);
  if (length == 0) length = layer.wire();  // the card was to cut it (TSO): the frame knows
  if (header < 20 || length < header || length > layer.wire()) return Verdict::kMalformed;
  if (layer.captured() < header) return Verdict::kCutOff;
  segment.source.address = Address::ipv4(layer.data() + 12);
  segment.target.address = Address::ipv4(layer.data() + 16);
  segment.ip_bytes = length;
  segment.ip_header_bytes = static_cast<std::uint16_t>(header);
  const auto flags = layer.u16(6);
  const auto body = layer.first(length).past(header);
  if ((flags & 0x3fff) == 0) return transport(layer[9], body, segment, depth);
  return fragment(layer.u16(4), flags & 0x1fff, layer[9], body, segment, depth);
}

Verdict Dissector::ipv6(Layer layer, Segment& segment, int depth) {
  constexpr std::uint32_t kHeader = 40;
  if (layer.captured() < kHeader) return Verdict::kCutOff;
  std::uint32_t length = kHeader + layer.u16(4);
  if (length == kHeader) length = std::max(layer.wire(), kHeader);  // a jumbogram, or cut by the card
  if (length > layer.wire()) return Verdict::kMalformed;
  std::memcpy(segment.source.address.bytes.data(), layer.data() + 8, 16);
  std::memcpy(segment.target.address.bytes.data(), layer.data() + 24, 16);
  segment.ip_bytes = length;
  const auto whole = layer.first(length);
  std::uint8_t next = layer[6];
  std::uint32_t at = kHeader;
  const auto body = [&] {
    segment.ip_header_bytes = static_cast<std::uint16_t>(std::min<std::uint32_t>(at, 0xffff));
    return whole.past(at);
  };
  for (int extension = 0; extension < kMostExtensionHeaders; ++extension) {
    const bool options = next == 0 || next == 43 || next == 60 || next == 135 || next == 139 || next == 140;
    if (!options && next != 44 && next != 51) return transport(next, body(), segment, depth);
    if (at + 8 > length) return Verdict::kMalformed;
    if (at + 8 > whole.captured()) return Verdict::kCutOff;
    const auto fragmentation = whole.u16(at + 2);
    const auto identification = whole.u32(at + 4);
    const std::uint8_t kind = next;
    next = whole[at];
    at += kind == 44 ? 8 : kind == 51 ? (whole[at + 1] + 2u) * 4 : (whole[at + 1] + 1u) * 8;
    if (at > length) return Verdict::kMalformed;
    if (at > whole.captured()) return Verdict::kCutOff;
    if (kind == 44 && (fragmentation & 0xfff9) != 0)
      return fragment(identification, fragmentation >> 3, next, body(), segment, depth);
  }
  return Verdict::kMalformed;
}

/// `offset` in units of eight bytes; 0: the first fragment, whose ports the others are known by.
Verdict Dissector::fragment(std::uint32_t identification, std::uint16_t offset, std::uint8_t protocol, Layer layer,
                            Segment& segment, int depth) {
  if (protocol != kTcp && protocol != kUdp) {
    // A tunnel's fragments are not put together again: the first holds the inner headers, the others nothing.
    return offset == 0 ? transport(protocol, layer, segment, depth) : Verdict::kOrphanFragment;
  }
  Datagram datagram;
  std::memcpy(datagram.key.data(), segment.source.address.bytes.data(), 16);
  std::memcpy(datagram.key.data() + 16, segment.target.address.bytes.data(), 16);
  std::memcpy(datagram.key.data() + 32, &identification, 4);
  datagram.key[36] = protocol;
  if (offset == 0) {
    fragmented_here_ = true;
    const auto verdict = transport(protocol, layer, segment, depth);
    fragmented_here_ = false;
    if (verdict == Verdict::kSegment) remember(datagram, segment);
    return verdict;
  }
  const auto first = fragmented_.find(datagram);
  if (first == fragmented_.end()) return Verdict::kOrphanFragment;
  segment.source.port = first->second.source_port;
  segment.target.port = first->second.target_port;
  segment.protocol = protocol;
  segment.payload_bytes = layer.wire();
  segment.payload = layer.bytes();
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

Verdict Dissector::transport(std::uint8_t protocol, Layer layer, Segment& segment, int depth) {
  switch (protocol) {
    case kTcp:
      return tcp(layer, segment);
    case kUdp:
      return udp(layer, segment);
    case kIpInIp:
    case kIpv6InIp:
      return ip(layer, segment, depth + 1);
    case kGre:
      return gre(layer, segment, depth);
    default:
      return Verdict::kOtherProtocol;
  }
}

Verdict Dissector::tcp(Layer layer, Segment& segment) {
  if (layer.wire() < 20) return Verdict::kMalformed;
  if (layer.captured() < 20) return Verdict::kCutOff;
  const std::uint32_t header = (layer[12] >> 4) * 4u;
  if (header < 20 || header > layer.wire()) return Verdict::kMalformed;
  segment.protocol = kTcp;
  segment.source.port = layer.u16(0);
  segment.target.port = layer.u16(2);
  segment.sequence = layer.u32(4);
  segment.acknowledged = layer.u32(8);
  segment.flags = layer[13];
  segment.window = layer.u16(14);
  segment.transport_header_bytes = static_cast<std::uint16_t>(header);
  const auto payload = layer.past(header);
  segment.payload_bytes = payload.wire();
  segment.payload = payload.bytes();
  if ((segment.flags & kSyn) != 0 && header > 20) options(layer.first(header).past(20), segment);
  return Verdict::kSegment;
}

void Dissector::options(Layer layer, Segment& segment) {
  for (std::uint32_t at = 0; at < layer.captured() && layer[at] != 0;) {
    if (layer[at] == 1) {
      ++at;
      continue;
    }
    if (at + 1 >= layer.captured()) return;
    const std::uint32_t size = layer[at + 1];
    if (size < 2 || at + size > layer.captured()) return;
    if (layer[at] == 2 && size == 4) segment.maximum_segment = layer.u16(at + 2);
    if (layer[at] == 3 && size == 3) segment.window_shift = layer[at + 2];
    at += size;
  }
}

Verdict Dissector::udp(Layer layer, Segment& segment) const {
  constexpr std::uint32_t kHeader = 8;
  if (layer.wire() < kHeader) return Verdict::kMalformed;
  if (layer.captured() < kHeader) return Verdict::kCutOff;
  std::uint32_t claimed = layer.u16(4);
  if (claimed == 0 || fragmented_here_) claimed = layer.wire();  // a jumbogram; a first fragment carries a part
  if (claimed < kHeader || claimed > layer.wire()) return Verdict::kMalformed;
  segment.protocol = kUdp;
  segment.source.port = layer.u16(0);
  segment.target.port = layer.u16(2);
  segment.transport_header_bytes = kHeader;
  const auto payload = layer.first(claimed).past(kHeader);
  segment.payload_bytes = payload.wire();
  segment.payload = payload.bytes();
  return Verdict::kSegment;
}

/// RFC 2784 and 2890; RFC 2637 (PPTP) as version 1.
Verdict Dissector::gre(Layer layer, Segment& segment, int depth) {
  if (depth >= kMostTunnels) return Verdict::kMalformed;
  if (layer.captured() < 4) return Verdict::kCutOff;
  const auto flags = layer.u16(0), type = layer.u16(2);
  const bool checksum = (flags & 0x8000) != 0, routing = (flags & 0x4000) != 0, key = (flags & 0x2000) != 0,
             sequence = (flags & 0x1000) != 0, acknowledged = (flags & 0x0080) != 0;
  const int version = flags & 7;
  if (routing || version > 1) return Verdict::kOtherProtocol;
  const std::uint32_t header =
      4 + 4u * (static_cast<unsigned>(checksum) + key + sequence + (version == 1 && acknowledged ? 1 : 0));
  if (layer.captured() < header) return Verdict::kCutOff;
  auto inner = layer.past(header);
  if (version == 0) {
    if (type == kTypeEthernet) return ethernet(inner, segment, depth + 1);
    return type == kTypeIpv4 || type == kTypeIpv6 ? ip(inner, segment, depth + 1) : Verdict::kOtherProtocol;
  }
  if (type != 0x880b) return Verdict::kOtherProtocol;
  if (inner.captured() >= 2 && inner[0] == 0xff && inner[1] == 0x03) inner = inner.past(2);  // PPP's address, control
  if (inner.captured() == 0) return Verdict::kOtherProtocol;                                 // an acknowledgement alone
  const std::uint32_t size = (inner[0] & 1) != 0 ? 1 : 2;  // PPP's protocol may be compressed
  if (inner.captured() < size) return Verdict::kCutOff;
  const std::uint16_t protocol = size == 1 ? inner[0] : inner.u16(0);
  return protocol == 0x0021 || protocol == 0x0057 ? ip(inner.past(size), segment, depth + 1) : Verdict::kOtherProtocol;
}

}  // namespace morgana::packets
