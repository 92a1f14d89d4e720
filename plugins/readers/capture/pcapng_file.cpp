// SPDX-License-Identifier: Apache-2.0
#include "pcapng_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "morgana/error.hpp"

namespace morgana::capture {
namespace {

static_assert(std::endian::native == std::endian::little, "blocks are written as they lie in memory");

// Block types and option codes of the draft, sections 4 and 3.5.
constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A, kInterface = 1, kStatistics = 5, kEnhancedPacket = 6;
constexpr std::uint32_t kByteOrderMagic = 0x1A2B3C4D;
constexpr std::uint16_t kEndOfOptions = 0, kComment = 1;
constexpr std::uint16_t kHardware = 2, kOs = 3, kApplication = 4;                  // of a section
constexpr std::uint16_t kInterfaceName = 2, kTimeResolution = 9, kFilter = 11;     // of an interface
constexpr std::uint16_t kReceived = 4, kDroppedByInterface = 5, kDroppedByOs = 7;  // of statistics
constexpr std::size_t kMostOptionBytes = 65535;
constexpr std::size_t kFlushBytes = 256 * 1024;

std::uint64_t padded(std::uint64_t bytes) { return (bytes + 3) / 4 * 4; }

}  // namespace

PcapngFile::PcapngFile(std::filesystem::path file, const Header& header)
    : path_(std::move(file)), file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
  if (file_ < 0) throw Error("cannot write {}: {}", path_.string(), std::generic_category().message(errno));
  const auto section = begin_block(kSectionHeader);
  put(kByteOrderMagic);
  put(std::uint16_t{1});
  put(std::uint16_t{0});
  put(std::int64_t{-1});  // the length of the section is not known yet, and never has to be
  put_option(kHardware, header.hardware);
  put_option(kOs, header.os);
  put_option(kApplication, header.application);
  put_option(kComment, header.comment);
  put_option(kEndOfOptions, {});
  end_block(section);
  const auto interface = begin_block(kInterface);
  put(header.link_type);
  put(std::uint16_t{0});
  put(header.snap_length);
  put_option(kInterfaceName, header.interface);
  put_option(kTimeResolution, "\x09");                                                    // 10^-9 s
  if (!header.filter.empty()) put_option(kFilter, std::string(1, '\0') + header.filter);  // 0: as text
  put_option(kEndOfOptions, {});
  end_block(interface);
  flush();
}

PcapngFile::~PcapngFile() { ::close(file_); }

template <typename T>
void PcapngFile::put(T value) {
  const auto at = buffer_.size();
  buffer_.resize(at + sizeof value);
  std::memcpy(buffer_.data() + at, &value, sizeof value);
}

void PcapngFile::put_padded(const void* bytes, std::size_t size) {
  const auto at = buffer_.size();
  buffer_.resize(at + padded(size), 0);
  if (size > 0) std::memcpy(buffer_.data() + at, bytes, size);
}

void PcapngFile::put_option(std::uint16_t code, std::string_view value) {
  if (code != kEndOfOptions && value.empty()) return;
  value = value.substr(0, kMostOptionBytes);
  put(code);
  put(static_cast<std::uint16_t>(value.size()));
  put_padded(value.data(), value.size());
}

std::size_t PcapngFile::begin_block(std::uint32_t type) {
  const auto begin = buffer_.size();
  put(type);
  put(std::uint32_t{0});  // its length, when it is known
  return begin;
}

void PcapngFile::end_block(std::size_t begin) {
  const auto length = static_cast<std::uint32_t>(buffer_.size() - begin + sizeof(std::uint32_t));
  std::memcpy(buffer_.data() + begin + 4, &length, sizeof length);
  put(length);
}

std::uint64_t PcapngFile::block_bytes(const packets::CapturedPacket& packet) {
  return 32 + padded(packet.bytes.size());
}

void PcapngFile::add(const packets::CapturedPacket& packet) {
  const auto block = begin_block(kEnhancedPacket);
  const auto time = static_cast<std::uint64_t>(packet.nanoseconds);
  put(std::uint32_t{0});  // the only interface
  put(static_cast<std::uint32_t>(time >> 32));
  put(static_cast<std::uint32_t>(time));
  put(static_cast<std::uint32_t>(packet.bytes.size()));
  put(packet.original_bytes);
  put_padded(packet.bytes.data(), packet.bytes.size());
  end_block(block);
  last_nanoseconds_ = packet.nanoseconds;
  ++packets_;
  if (buffer_.size() >= kFlushBytes) flush();
}

void PcapngFile::flush() {
  const std::uint8_t* at = buffer_.data();
  std::size_t left = buffer_.size();
  while (left > 0) {
    const auto count = ::write(file_, at, left);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error("cannot write {}: {}", path_.string(), std::generic_category().message(errno));
    at += count;
    left -= static_cast<std::size_t>(count);
  }
  written_ += buffer_.size();
  buffer_.clear();
}

void PcapngFile::finish(std::uint64_t received, std::uint64_t dropped, std::uint64_t dropped_by_interface) {
  const auto block = begin_block(kStatistics);
  const auto time = static_cast<std::uint64_t>(last_nanoseconds_);
  put(std::uint32_t{0});
  put(static_cast<std::uint32_t>(time >> 32));
  put(static_cast<std::uint32_t>(time));
  const auto count = [&](std::uint16_t code, std::uint64_t value) {
    put_option(code, {reinterpret_cast<const char*>(&value), sizeof value});
  };
  count(kReceived, received);
  count(kDroppedByInterface, dropped_by_interface);
  count(kDroppedByOs, dropped);
  put_option(kEndOfOptions, {});
  end_block(block);
  flush();
}

}  // namespace morgana::capture
