// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "files/test/text_source.hpp"
#include "packets/capture_reader.hpp"

/// Packets and capture files byte by byte, for tests; written from the formats, not with the library under test.
namespace morgana::pcap::bytes {

using Bytes = std::vector<std::uint8_t>;

inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

enum class Order { kBig, kLittle };

/// A number of `size` bytes.
inline Bytes number(std::uint64_t value, int size, Order order = Order::kBig) {
  Bytes bytes;
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> 8 * (size - 1 - i)));
  if (order == Order::kLittle) std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

inline Bytes filler(std::size_t size, std::uint8_t first = 1) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(first + i);
  return bytes;
}

inline Bytes tcp(std::uint16_t source, std::uint16_t target, std::uint8_t flags, std::uint16_t window,
                 const Bytes& payload, const Bytes& options = {}) {
  return number(source, 2) + number(target, 2) + number(1000, 4) + number(2000, 4) +
         Bytes{static_cast<std::uint8_t>((20 + options.size()) / 4 * 16), flags} + number(window, 2) + number(0, 4) +
         options + payload;
}

inline Bytes udp(std::uint16_t source, std::uint16_t target, const Bytes& payload) {
  return number(source, 2) + number(target, 2) + number(8 + payload.size(), 2) + number(0, 2) + payload;
}

using Ipv4Address = std::array<std::uint8_t, 4>;
inline constexpr Ipv4Address kPhone{192, 168, 20, 105}, kServer{203, 0, 113, 7};

/// `fragment`: the flags and offset field.
inline Bytes ipv4(Ipv4Address source, Ipv4Address target, std::uint8_t protocol, const Bytes& body,
                  std::uint16_t fragment = 0, std::uint16_t identification = 7) {
  return Bytes{0x45, 0} + number(20 + body.size(), 2) + number(identification, 2) + number(fragment, 2) +
         Bytes{64, protocol, 0, 0} + Bytes(source.begin(), source.end()) + Bytes(target.begin(), target.end()) + body;
}

inline Bytes ipv6_address(std::uint8_t last) {
  Bytes address{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  address.push_back(last);
  return address;
}

inline Bytes ipv6(std::uint8_t source, std::uint8_t target, std::uint8_t next, const Bytes& body) {
  return Bytes{0x60, 0, 0, 0} + number(body.size(), 2) + Bytes{next, 64} + ipv6_address(source) + ipv6_address(target) +
         body;
}

inline Bytes ethernet(const Bytes& body, std::uint16_t type = 0x0800) {
  return Bytes{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2} + number(type, 2) + body;
}

/// A packet of a capture file that is to be written.
struct Timed {
  std::int64_t nanoseconds;
  Bytes bytes;
  std::size_t original = 0;  ///< 0: as many as `bytes`
};

inline Bytes pcap(const std::vector<Timed>& packets, Order order = Order::kLittle, bool nanoseconds = false,
                  std::uint16_t link = 1) {
  auto file = number(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 4, order) + number(2, 2, order) + number(4, 2, order) +
              number(0, 8, order) + number(262144, 4, order) + number(link, 4, order);
  for (const auto& packet : packets)
    file = file + number(static_cast<std::uint64_t>(packet.nanoseconds / 1'000'000'000), 4, order) +
           number(static_cast<std::uint64_t>(packet.nanoseconds % 1'000'000'000) / (nanoseconds ? 1 : 1000), 4, order) +
           number(packet.bytes.size(), 4, order) +
           number(packet.original == 0 ? packet.bytes.size() : packet.original, 4, order) + packet.bytes;
  return file;
}

inline Bytes option(std::uint16_t code, const Bytes& value, Order order) {
  return number(code, 2, order) + number(value.size(), 2, order) + value + Bytes((4 - value.size() % 4) % 4);
}

inline Bytes block(std::uint32_t type, const Bytes& body, Order order) {
  const auto size = number(12 + body.size(), 4, order);
  return number(type, 4, order) + size + body + size;
}

inline Bytes section(Order order, const Bytes& options = {}) {
  return block(
      0x0a0d0d0a,
      number(0x1a2b3c4d, 4, order) + number(1, 2, order) + number(0, 2, order) + number(~0ull, 8, order) + options,
      order);
}

inline Bytes interface(std::uint16_t link, Order order, const Bytes& options = {}) {
  return block(1, number(link, 2, order) + number(0, 2, order) + number(0, 4, order) + options, order);
}

inline Bytes enhanced(std::uint32_t number_of_interface, std::uint64_t ticks, const Bytes& packet, Order order) {
  return block(6,
               number(number_of_interface, 4, order) + number(ticks >> 32, 4, order) +
                   number(ticks & 0xffffffff, 4, order) + number(packet.size(), 4, order) +
                   number(packet.size(), 4, order) + packet + Bytes((4 - packet.size() % 4) % 4),
               order);
}

/// Bytes as a file that gives `step` of them at a time.
inline testing::TextSource source_of(const Bytes& bytes, std::size_t step = 1 << 20) {
  return testing::TextSource({bytes.begin(), bytes.end()}, step);
}

inline void write(const std::filesystem::path& file, const Bytes& bytes) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace morgana::pcap::bytes
