// SPDX-License-Identifier: Apache-2.0
#include "synthesis/capture_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

#include "morgana/error.hpp"
#include "packets/captured_packet.hpp"

namespace morgana::synthesis {
namespace {

static_assert(std::endian::native == std::endian::little, "fields are written as they lie in memory");

constexpr std::size_t kBufferBytes = 1 << 18, kMostCommentBytes = 65535;
constexpr std::int64_t kSecond = 1'000'000'000;

// draft-ietf-opsawg-pcapng: block types, option codes.
constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a, kInterfaceDescription = 1, kEnhancedPacket = 6;
constexpr std::uint32_t kByteOrder = 0x1a2b3c4d;
constexpr std::uint16_t kEndOfOptions = 0, kComment = 1, kUserApplication = 4, kInterfaceName = 2, kTimeResolution = 9;
constexpr std::uint32_t kPacketOverhead = 32;  // of an enhanced packet block without options

constexpr std::size_t padded(std::size_t bytes) { return (bytes + 3) & ~std::size_t{3}; }

}  // namespace

CaptureWriter::CaptureWriter(const std::filesystem::path& file, CaptureFormat format, TimeResolution resolution,
                             std::string_view application, const std::vector<std::string>& comments)
    : path_(file), format_(format), resolution_(resolution), buffer_(kBufferBytes) {
  file_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file_ < 0) throw Error("cannot write {}: {}", file.string(), std::strerror(errno));
  if (format == CaptureFormat::kPcapng) {
    put_section(application, comments);
    put_interface();
    return;
  }
  put<std::uint32_t>(resolution == TimeResolution::kNanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
  put<std::uint16_t>(2), put<std::uint16_t>(4);  // version
  put<std::uint64_t>(0);                         // reserved
  put<std::uint32_t>(kSnapLength);
  put<std::uint32_t>(static_cast<std::uint32_t>(packets::LinkType::kEthernet));
}

CaptureWriter::~CaptureWriter() {
  if (file_ >= 0) ::close(file_);
}

template <typename T>
void CaptureWriter::put(T value) {
  std::memcpy(buffer_.data() + used_, &value, sizeof value);
  used_ += sizeof value;
}

void CaptureWriter::put_option(std::uint16_t code, std::string_view value) {
  value = value.substr(0, kMostCommentBytes);
  put(code);
  put(static_cast<std::uint16_t>(value.size()));
  auto* const end = std::copy(value.begin(), value.end(), buffer_.data() + used_);
  std::fill_n(end, padded(value.size()) - value.size(), std::uint8_t{0});
  used_ += padded(value.size());
}

void CaptureWriter::put_section(std::string_view application, const std::vector<std::string>& comments) {
  std::size_t most = 64 + padded(application.size());
  for (const auto& comment : comments) most += 8 + padded(comment.size());
  if (most > buffer_.size()) buffer_.resize(most);
  put(kSectionHeader), put<std::uint32_t>(0);  // its length: below
  put(kByteOrder);
  put<std::uint16_t>(1), put<std::uint16_t>(0);  // version
  put<std::int64_t>(-1);                         // length of the section: not said
  for (const auto& comment : comments) put_option(kComment, comment);
  put_option(kUserApplication, application);
  put_option(kEndOfOptions, {});
  const auto length = static_cast<std::uint32_t>(used_ + 4);
  put(length);
  std::memcpy(buffer_.data() + 4, &length, sizeof length);
}

void CaptureWriter::put_interface() {
  constexpr std::string_view kName = "synthetic";
  const auto length = static_cast<std::uint32_t>(20 + 4 + padded(kName.size()) + 8 + 4);
  put(kInterfaceDescription), put(length);
  put(static_cast<std::uint16_t>(packets::LinkType::kEthernet)), put<std::uint16_t>(0);
  put(kSnapLength);
  put_option(kInterfaceName, kName);
  put_option(kTimeResolution, resolution_ == TimeResolution::kNanoseconds ? "\x09" : "\x06");
  put_option(kEndOfOptions, {});
  put(length);
}

std::uint8_t* CaptureWriter::packet(std::int64_t nanoseconds, std::uint32_t bytes, std::string_view comment) {
  comment = comment.substr(0, kMostCommentBytes);
  need(kPacketOverhead + padded(bytes) + 8 + padded(comment.size()));
  const bool fine = resolution_ == TimeResolution::kNanoseconds;
  if (format_ == CaptureFormat::kPcap) {
    const std::int64_t seconds = nanoseconds / kSecond, rest = nanoseconds % kSecond;
    put(static_cast<std::uint32_t>(seconds));
    put(static_cast<std::uint32_t>(fine ? rest : rest / 1000));
    put(bytes), put(bytes);
    auto* const place = buffer_.data() + used_;
    used_ += bytes;
    return place;
  }
  const auto time = static_cast<std::uint64_t>(fine ? nanoseconds : nanoseconds / 1000);
  const std::size_t options = comment.empty() ? 0 : 4 + padded(comment.size()) + 4;
  const auto length = static_cast<std::uint32_t>(kPacketOverhead + padded(bytes) + options);
  put(kEnhancedPacket), put(length);
  put<std::uint32_t>(0);  // interface
  put(static_cast<std::uint32_t>(time >> 32)), put(static_cast<std::uint32_t>(time));
  put(bytes), put(bytes);
  auto* const place = buffer_.data() + used_;
  std::memset(place + bytes, 0, padded(bytes) - bytes);
  used_ += padded(bytes);
  if (!comment.empty()) {
    put_option(kComment, comment);
    put_option(kEndOfOptions, {});
  }
  put(length);
  return place;
}

void CaptureWriter::need(std::size_t bytes) {
  if (used_ + bytes > buffer_.size()) flush();
  if (bytes > buffer_.size()) buffer_.resize(bytes);
}

void CaptureWriter::flush() {
  for (std::size_t done = 0; done < used_;) {
    const auto count = ::write(file_, buffer_.data() + done, used_ - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error("cannot write {}: {}", path_.string(), std::strerror(errno));
    done += static_cast<std::size_t>(count);
  }
  flushed_ += used_;
  used_ = 0;
}

void CaptureWriter::close() {
  flush();
  const int file = file_;
  file_ = -1;
  if (::close(file) != 0) throw Error("cannot write {}: {}", path_.string(), std::strerror(errno));
}

}  // namespace morgana::synthesis
