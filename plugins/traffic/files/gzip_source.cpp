// SPDX-License-Identifier: Apache-2.0
#include "files/gzip_source.hpp"

#include <libdeflate.h>  // its CRC costs a twentieth of the inflating, zlib's a fifth
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "morgana/error.hpp"

namespace morgana::files {
namespace {

constexpr std::size_t kPackedBytes = 64 * 1024;

/// Flags of a header (RFC 1952, 2.3.1).
enum : unsigned char { kHeaderCrc = 2, kExtra = 4, kName = 8, kComment = 16, kReserved = 0xe0 };

constexpr const char* kTruncated = "the compressed bytes end too early; the file is truncated";

}  // namespace

struct GzipSource::State {
  z_stream stream{};
  bool ready = false;
  ~State() {
    if (ready) ::inflateEnd(&stream);
  }
};

GzipSource::GzipSource(ByteSource& packed, std::string place, InflationMeter meter)
    : packed_(packed),
      place_(std::move(place)),
      meter_(std::move(meter)),
      window_(kPackedBytes),
      state_(std::make_unique<State>()) {
  if (::inflateInit2(&state_->stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  state_->ready = true;
}

GzipSource::~GzipSource() = default;

void GzipSource::fail(const char* why) {
  at_ = Place::kEnd;
  throw Error("cannot read {}: {}", place_, why);
}

bool GzipSource::fill() {
  auto& stream = state_->stream;
  if (stream.avail_in > 0) return true;
  const auto count = packed_.read(reinterpret_cast<char*>(window_.data()), window_.size());
  stream.next_in = window_.data();
  stream.avail_in = static_cast<uInt>(count);
  return count > 0;
}

unsigned char GzipSource::byte() {
  if (!fill()) fail(kTruncated);
  --state_->stream.avail_in;
  return *state_->stream.next_in++;
}

std::uint32_t GzipSource::number() {
  std::uint32_t value = 0;
  for (int shift = 0; shift < 32; shift += 8) value |= std::uint32_t{byte()} << shift;
  return value;
}

void GzipSource::read_header(unsigned char first) {
  if (first != 0x1f || byte() != 0x8b) fail("the gzip header is damaged");
  if (byte() != 8) fail("an unknown gzip method");
  const auto flags = byte();
  if ((flags & kReserved) != 0) fail("the gzip header is damaged");
  for (int i = 0; i < 6; ++i) byte();  // time, extra flags, system
  if ((flags & kExtra) != 0) {
    unsigned left = byte();
    left |= unsigned{byte()} << 8;
    for (; left > 0; --left) byte();
  }
  for (const auto text : {kName, kComment})
    if ((flags & text) != 0)
      while (byte() != 0) {
      }
  if ((flags & kHeaderCrc) != 0) byte(), byte();
  ::inflateReset(&state_->stream);
  crc_ = length_ = 0;
}

void GzipSource::read_trailer() {
  if (number() != crc_) fail("the gzip checksum does not agree; the file is damaged");
  if (number() != length_) fail("the gzip length does not agree; the file is damaged");
}

std::size_t GzipSource::read(char* into, std::size_t capacity) {
  auto& stream = state_->stream;
  capacity = std::min<std::size_t>(capacity, std::numeric_limits<uInt>::max());
  while (at_ != Place::kEnd && capacity > 0) {
    if (broken_ != nullptr) fail(broken_);
    if (at_ == Place::kTrailer) {
      read_trailer();
      at_ = Place::kBetween;
    }
    if (at_ == Place::kStart) {
      read_header(byte());
      at_ = Place::kData;
    } else if (at_ == Place::kBetween) {
      // What follows a member is another one, or padding as `gzip` accepts it.
      if (!fill()) at_ = Place::kEnd;
      else if (const auto next = byte(); next != 0) read_header(next), at_ = Place::kData;
      continue;
    }
    stream.next_out = reinterpret_cast<unsigned char*>(into);
    stream.avail_out = static_cast<uInt>(capacity);
    int status = Z_OK;
    while (stream.avail_out > 0 && status != Z_STREAM_END && broken_ == nullptr) {
      if (!fill()) {
        broken_ = kTruncated;
        break;
      }
      status = ::inflate(&stream, Z_NO_FLUSH);
      if (status == Z_MEM_ERROR) throw std::bad_alloc();
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        broken_ = "the compressed bytes are damaged";
    }
    const auto count = capacity - stream.avail_out;
    crc_ = ::libdeflate_crc32(crc_, into, count);
    length_ += static_cast<std::uint32_t>(count);
    if (status == Z_STREAM_END) at_ = Place::kTrailer;
    meter_.add(count);
    if (count > 0) return count;
  }
  return 0;
}

}  // namespace morgana::files
