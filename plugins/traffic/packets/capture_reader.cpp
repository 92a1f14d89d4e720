// SPDX-License-Identifier: Apache-2.0
#include "packets/capture_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "morgana/count_text.hpp"
#include "morgana/error.hpp"
#include "packets/pcapng_blocks.hpp"

namespace morgana::packets {
namespace {

// pcap's first four bytes, as a little-endian number: microseconds, nanoseconds, and the form of a patched libpcap
// whose records carry eight bytes more.
constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4, kNanoseconds = 0xa1b23c4d, kPatched = 0xa1b2cd34;
constexpr std::size_t kPcapHeaderBytes = 24, kBlockHeaderBytes = 8;
// A block read whole: a packet with its options, or a header with its comments. Others are passed by.
constexpr std::uint32_t kMostBlockBytes = 16 * 1024 * 1024;
constexpr std::size_t kMostInterfaces = 65536;
constexpr std::int64_t kBillion = 1'000'000'000;

std::uint32_t little(const std::uint8_t* bytes) {
  std::uint32_t value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

/// Ticks as nanoseconds, rounded down; held within what 64 bits can say.
std::int64_t nanoseconds_of(std::uint64_t ticks, std::uint64_t ticks_per_second, std::int64_t offset_seconds) {
  const auto product = static_cast<unsigned __int128>(ticks) * kBillion;
  const auto since =
      static_cast<__int128>(product / ticks_per_second) + static_cast<__int128>(offset_seconds) * kBillion;
  constexpr __int128 kLeast = std::numeric_limits<std::int64_t>::min(),
                     kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(since, kLeast, kMost));
}

/// if_tsresol: a power of ten, or of two where the highest bit is set. 0: more than 64 bits hold.
std::uint64_t ticks_of(std::uint8_t resolution) {
  const unsigned power = resolution & 0x7f;
  if ((resolution & 0x80) != 0) return power < 64 ? std::uint64_t{1} << power : 0;
  if (power > 19) return 0;
  std::uint64_t ticks = 1;
  for (unsigned i = 0; i < power; ++i) ticks *= 10;
  return ticks;
}

}  // namespace

CaptureReader::CaptureReader(files::ByteSource& source, std::string name, std::size_t window_bytes)
    : source_(source), name_(std::move(name)) {
  capacity_ = std::max<std::size_t>(window_bytes, 64);
  buffer_.reset(static_cast<std::uint8_t*>(std::malloc(capacity_)));
  if (!buffer_) throw std::bad_alloc();
  if (!need(4)) {
    if (end_ == 0) throw Error("{}: the file is empty", name_);
    throw Error("{}: not a capture file: it has {}", name_, count_text(end_, "byte"));
  }
  const auto magic = little(here());
  if (magic == kSectionHeader) {
    pcapng_ = true;
    return;
  }
  const auto turned = __builtin_bswap32(magic);
  for (const auto known : {kMicroseconds, kNanoseconds, kPatched})
    if (magic == known || turned == known) {
      swapped_ = magic != known;
      interfaces_.resize(1);
      nanoseconds_a_tick_ = known == kNanoseconds ? 1 : 1000;
      if (known == kPatched) record_header_ = 24;
      read_pcap_header();
      return;
    }
  throw Error("{}: neither a pcap nor a pcapng file: it starts with {:02x} {:02x} {:02x} {:02x}", name_, here()[0],
              here()[1], here()[2], here()[3]);
}

std::uint16_t CaptureReader::u16(const std::uint8_t* bytes) const noexcept {
  std::uint16_t value;
  std::memcpy(&value, bytes, sizeof value);
  return swapped_ ? __builtin_bswap16(value) : value;
}

std::uint32_t CaptureReader::u32(const std::uint8_t* bytes) const noexcept {
  const auto value = little(bytes);
  return swapped_ ? __builtin_bswap32(value) : value;
}

/// Reads on until `bytes` lie in the window: first by dropping what was read, then by growing with what is there.
bool CaptureReader::refill(std::size_t bytes) {
  std::memmove(buffer_.get(), buffer_.get() + at_, end_ - at_);
  dropped_ += at_;
  end_ -= at_;
  at_ = 0;
  while (end_ < bytes) {
    if (end_ == capacity_) {
      const auto larger = capacity_ + capacity_ / 4;
      auto* memory = static_cast<std::uint8_t*>(std::realloc(buffer_.get(), larger));
      if (memory == nullptr) throw std::bad_alloc();
      buffer_.release();
      buffer_.reset(memory);
      capacity_ = larger;
    }
    const auto count = source_.read(reinterpret_cast<char*>(buffer_.get() + end_), capacity_ - end_);
    if (count == 0) return false;
    end_ += count;
  }
  return true;
}

/// Goes past bytes that nobody wants, without holding them.
void CaptureReader::pass(std::uint64_t bytes) {
  while (bytes > 0 && need(1)) {
    const auto step = std::min<std::uint64_t>(bytes, end_ - at_);
    at_ += step;
    bytes -= step;
  }
}

/// The reading ends here; `why` is empty at the end of a whole file.
bool CaptureReader::end(const std::string& why) {
  done_ = true;
  if (!why.empty()) damage_ = fmt::format("byte {}: {}", dropped_ + at_, why);
  return false;
}

void CaptureReader::bad_block(const std::string& why) {
  if (bad_blocks_++ == 0) first_bad_block_ = fmt::format("byte {}: {}", dropped_ + at_, why);
}

void CaptureReader::read_pcap_header() {
  if (!need(kPcapHeaderBytes)) {
    end("the file's header is cut off");
    return;
  }
  interfaces_[0].link_type = static_cast<LinkType>(u32(here() + 20) & 0xffff);  // above: whether frames end with an FCS
  at_ += kPcapHeaderBytes;
}

bool CaptureReader::next_pcap(CapturedPacket& packet) {
  if (!need(record_header_)) return end(end_ == at_ ? "" : "a record's header is cut off");
  std::array<std::uint32_t, 4> header;  // seconds, and the rest of them, captured bytes, original bytes
  std::memcpy(header.data(), here(), sizeof header);
  if (swapped_)
    for (auto& word : header) word = __builtin_bswap32(word);
  auto [seconds, rest, captured, original] = header;
  // Old writers had the two lengths the other way round.
  if (captured > kMostPacketBytes && original <= kMostPacketBytes) std::swap(captured, original);
  if (captured > kMostPacketBytes) return end(fmt::format("a record claims {} bytes", captured));
  if (!need(record_header_ + captured)) return end(fmt::format("a packet of {} bytes is cut off", captured));
  packet.nanoseconds = std::int64_t{seconds} * kBillion + std::int64_t{rest} * nanoseconds_a_tick_;
  packet.link_type = interfaces_[0].link_type;
  packet.original_bytes = std::max(original, captured);
  packet.bytes = {here() + record_header_, captured};
  at_ += record_header_ + captured;
  return true;
}

bool CaptureReader::next_pcapng(CapturedPacket& packet) {
  for (;;) {
    if (!need(kBlockHeaderBytes)) return end(end_ == at_ ? "" : "a block's header is cut off");
    if (little(here()) == kSectionHeader) {
      if (!read_section_header()) return false;
      continue;
    }
    const auto type = u32(here()), size = u32(here() + 4);
    if (size < kBlockHeaderBytes + 4 || size % 4 != 0) return end(fmt::format("a block claims {} bytes", size));
    const bool wanted =
        type == kInterfaceDescription || type == kEnhancedPacket || type == kSimplePacket || type == kObsoletePacket;
    if (!wanted || size > kMostBlockBytes) {
      if (wanted) bad_block(fmt::format("a block of {} bytes", size));
      pass(size);
      continue;
    }
    if (!need(size)) return end(fmt::format("a block of {} bytes is cut off", size));
    if (u32(here() + size - 4) != size) bad_block("a block whose two lengths differ");
    const std::span<const std::uint8_t> body{here() + kBlockHeaderBytes, size - kBlockHeaderBytes - 4};
    bool found = false;
    if (type == kInterfaceDescription) read_interface(body);
    else found = read_packet_block(type, body, packet);
    at_ += size;
    if (found) return true;
  }
}

bool CaptureReader::read_section_header() {
  constexpr std::size_t kLeast = 28;
  if (!need(kLeast)) return end("a section header is cut off");
  const auto order = little(here() + 8);
  if (order != kByteOrderMagic && __builtin_bswap32(order) != kByteOrderMagic)
    return end("a section header without byte order");
  swapped_ = order != kByteOrderMagic;
  const auto size = u32(here() + 4);
  if (size < kLeast || size % 4 != 0 || size > kMostBlockBytes)
    return end(fmt::format("a section header claims {} bytes", size));
  if (!need(size)) return end("a section header is cut off");
  for (std::size_t option = 24; option + 4 <= size - 4;) {
    const auto code = u16(here() + option), length = u16(here() + option + 2);
    if (code == 0 || option + 4 + length > size - 4) break;
    if (code == 1) comments_.emplace_back(reinterpret_cast<const char*>(here() + option + 4), length);
    option += 4 + (length + 3u) / 4 * 4;
  }
  interfaces_.clear();
  at_ += size;
  return true;
}

void CaptureReader::read_interface(std::span<const std::uint8_t> body) {
  if (body.size() < 8 || interfaces_.size() == kMostInterfaces) return bad_block("an interface description");
  Interface interface;
  interface.link_type = static_cast<LinkType>(u16(body.data()));
  interface.snap_length = u32(body.data() + 4);
  for (std::size_t option = 8; option + 4 <= body.size();) {
    const auto code = u16(body.data() + option), length = u16(body.data() + option + 2);
    const auto* value = body.data() + option + 4;
    if (code == 0 || option + 4 + length > body.size()) break;
    if (code == 9 && length >= 1) {  // if_tsresol
      interface.ticks_per_second = ticks_of(value[0]);
      if (interface.ticks_per_second == 0) {
        bad_block(fmt::format("an interface whose clock's resolution is {}", value[0]));
        interface.ticks_per_second = 1'000'000;
      }
    } else if (code == 14 && length >= 8) {  // if_tsoffset
      const std::uint64_t low = u32(value + (swapped_ ? 4 : 0)), high = u32(value + (swapped_ ? 0 : 4));
      interface.offset_seconds = static_cast<std::int64_t>(high << 32 | low);
    }
    option += 4 + (length + 3u) / 4 * 4;
  }
  interfaces_.push_back(interface);
}

bool CaptureReader::read_packet_block(std::uint32_t type, std::span<const std::uint8_t> body, CapturedPacket& packet) {
  const std::size_t header = type == kSimplePacket ? 4 : 20;
  if (body.size() < header) return bad_block("a packet block without its header"), false;
  const std::uint32_t number = type == kSimplePacket     ? 0
                               : type == kEnhancedPacket ? u32(body.data())
                                                         : u16(body.data());
  if (number >= interfaces_.size())
    return bad_block(fmt::format("a packet of interface {}, of which there are {}", number, interfaces_.size())), false;
  const auto& interface = interfaces_[number];
  const auto original = u32(body.data() + header - 4);
  auto captured = type == kSimplePacket ? original : u32(body.data() + 12);
  if (type == kSimplePacket && interface.snap_length != 0) captured = std::min(captured, interface.snap_length);
  if (captured > body.size() - header || captured > kMostPacketBytes)
    return bad_block(fmt::format("a packet that claims {} bytes", captured)), false;
  packet.link_type = interface.link_type;
  packet.original_bytes = std::max(original, captured);
  packet.bytes = body.subspan(header, captured);
  if (type == kSimplePacket) return packet.nanoseconds = 0, true;  // it has no time
  const auto ticks = std::uint64_t{u32(body.data() + 4)} << 32 | u32(body.data() + 8);
  packet.nanoseconds = nanoseconds_of(ticks, interface.ticks_per_second, interface.offset_seconds);
  return true;
}

}  // namespace morgana::packets
