// SPDX-License-Identifier: Apache-2.0
#include "synthesis/frame.hpp"

#include <algorithm>
#include <cstring>

#include "morgana/random.hpp"
#include "packets/dissect.hpp"
#include "synthesis/checksum.hpp"

namespace morgana::synthesis {
namespace {

/// RFC 7042 2.1.1: unicast identifiers for documentation are 00-00-5E-00-53-00 to -FF.
constexpr std::array<std::uint8_t, 6> kClientMac{0x00, 0x00, 0x5e, 0x00, 0x53, 0x01},
    kServerMac{0x00, 0x00, 0x5e, 0x00, 0x53, 0x02};
/// As a capture beside the client sees it: its own packets fresh, the server's some routers on.
constexpr std::uint8_t kClientTtl = 64, kServerTtl = 52;
constexpr std::size_t kMacBytes = 6, kEthernetBytes = FrameBuilder::kEthernetBytes, kUdpBytes = 8, kTcpBytes = 20;

enum TcpOption : std::uint8_t {
  kNoOperation = 1,
  kMaximumSegment = 2,
  kWindowScale = 3,
  kSackPermitted = 4,
  kTimestamps = 8
};

}  // namespace

FrameBuilder::FrameBuilder(const packets::FlowKey& key, const FrameOptions& options, std::uint64_t seed)
    : options_(options),
      transport_at_(kEthernetBytes + (key.version() == packets::IpVersion::k4 ? 20 : 40)),
      tcp_(key.protocol == packets::kTcp),
      ipv4_(key.version() == packets::IpVersion::k4) {
  header_bytes_ = transport_at_ + (tcp_ ? kTcpBytes : kUdpBytes);
  prepare(sides_[0], Direction::kUp, key, seed);
  prepare(sides_[1], Direction::kDown, key, seed);
}

void FrameBuilder::prepare(Side& side, Direction direction, const packets::FlowKey& key, std::uint64_t seed) {
  const bool up = direction == Direction::kUp;
  const auto &from = up ? key.client : key.server, &to = up ? key.server : key.client;
  auto* const ethernet = side.header.data();
  std::copy_n((up ? kServerMac : kClientMac).begin(), kMacBytes, ethernet);
  std::copy_n((up ? kClientMac : kServerMac).begin(), kMacBytes, ethernet + kMacBytes);
  put16(ethernet + 12, ipv4_ ? 0x0800 : 0x86dd);

  auto* const ip = ethernet + kEthernetBytes;
  const Random random(seed, static_cast<std::uint64_t>(direction));
  const std::uint8_t ttl = up ? kClientTtl : kServerTtl;
  const std::size_t address_bytes = ipv4_ ? 4 : 16;
  std::uint8_t* addresses = nullptr;
  if (ipv4_) {
    ip[0] = 0x45;
    put16(ip + 6, 0x4000);  // do not fragment
    ip[8] = ttl, ip[9] = key.protocol;
    addresses = ip + 12;
    side.identification = static_cast<std::uint16_t>(random.bits(0));
  } else {
    put32(ip, 0x60000000 | (random.bits(0) & 0xfffff));  // version, flow label (RFC 6437)
    ip[6] = key.protocol, ip[7] = ttl;
    addresses = ip + 8;
  }
  std::copy_n(from.address.bytes.end() - static_cast<std::ptrdiff_t>(address_bytes), address_bytes, addresses);
  std::copy_n(to.address.bytes.end() - static_cast<std::ptrdiff_t>(address_bytes), address_bytes,
              addresses + address_bytes);
  side.ip_sum = static_cast<std::uint32_t>(word_sum({ip, 20}));
  put16(ethernet + transport_at_, from.port);
  put16(ethernet + transport_at_ + 2, to.port);
  side.pseudo_sum =
      static_cast<std::uint32_t>(word_sum({addresses, 2 * address_bytes}) + key.protocol + from.port + to.port);
  side.timestamp_start = random.bits(1);
}

std::size_t FrameBuilder::option_bytes(std::uint8_t flags) const {
  if (!tcp_) return 0;
  if ((flags & packets::kSyn) != 0) return options_.timestamps ? 20 : 12;
  return options_.timestamps ? 12 : 0;
}

void FrameBuilder::write_options(const WirePacket& packet, std::uint8_t* to) {
  if ((packet.flags & packets::kSyn) != 0) {
    to[0] = kMaximumSegment, to[1] = 4;
    put16(to + 2, options_.maximum_segment);
    to[4] = kNoOperation, to[5] = kWindowScale, to[6] = 3, to[7] = options_.window_shift;
    to += 8;
  }
  if ((packet.flags & packets::kSyn) != 0) to[0] = kSackPermitted, to[1] = 2;
  else to[0] = to[1] = kNoOperation;
  if (!options_.timestamps) {  // a SYN: nothing else asks for options then
    to[2] = to[3] = kNoOperation;
    return;
  }
  auto& side = sides_[static_cast<std::size_t>(packet.direction)];
  to[2] = kTimestamps, to[3] = 10;
  side.last_timestamp = side.timestamp_start + static_cast<std::uint32_t>(packet.nanoseconds / 1'000'000);
  put32(to + 4, side.last_timestamp);
  const auto& other_side = sides_[1 - static_cast<std::size_t>(packet.direction)];
  put32(to + 8, (packet.flags & packets::kAck) != 0 ? other_side.last_timestamp : 0);
}

void FrameBuilder::build(const WirePacket& packet, const Filler::Piece& payload, std::uint8_t* to) {
  auto& side = sides_[static_cast<std::size_t>(packet.direction)];
  std::memcpy(to, side.header.data(), header_bytes_);
  const auto options = option_bytes(packet.flags);
  const auto transport_bytes =
      static_cast<std::uint32_t>(header_bytes_ - transport_at_ + options + packet.payload_bytes);

  auto* const ip = to + kEthernetBytes;
  if (ipv4_) {
    const std::uint32_t total = transport_bytes + 20, identification = side.identification++;
    put16(ip + 2, total);
    put16(ip + 4, identification);
    put16(ip + 10, checksum_of(std::uint64_t{side.ip_sum} + total + identification));
  } else {
    put16(ip + 4, transport_bytes);
  }

  auto* const transport = to + transport_at_;
  std::uint64_t sum = std::uint64_t{side.pseudo_sum} + transport_bytes + payload.sum;
  if (tcp_) {
    const auto offset_and_flags = static_cast<std::uint32_t>((kTcpBytes + options) / 4 << 12 | packet.flags);
    put32(transport + 4, packet.sequence);
    put32(transport + 8, packet.acknowledged);
    put16(transport + 12, offset_and_flags);
    put16(transport + 14, packet.window);
    sum += std::uint64_t{packet.sequence >> 16} + (packet.sequence & 0xffff) + (packet.acknowledged >> 16) +
           (packet.acknowledged & 0xffff) + offset_and_flags + packet.window;
    if (options > 0) {
      write_options(packet, transport + kTcpBytes);
      sum += word_sum({transport + kTcpBytes, options});
    }
    put16(transport + 16, checksum_of(sum));
  } else {
    put16(transport + 4, transport_bytes);
    const auto checksum = checksum_of(sum + transport_bytes);
    put16(transport + 6, checksum == 0 ? 0xffff : checksum);  // RFC 768: 0 means that there is none
  }
  std::memcpy(to + header_bytes_ + options, payload.bytes, packet.payload_bytes);
}

}  // namespace morgana::synthesis
