// SPDX-License-Identifier: Apache-2.0
#include "pcapng_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "morgana/error.hpp"

namespace morgana::capture {
namespace {

constexpr std::size_t kFlushBytes = 256 * 1024;

}  // namespace

PcapngFile::PcapngFile(std::filesystem::path file, const Header& header)
    : path_(std::move(file)), file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
  if (file_ < 0) throw Error("cannot write {}: {}", path_.string(), std::generic_category().message(errno));
  put_section(buffer_, header.section);
  put_interface(buffer_, header.interface);
  flush();
}

PcapngFile::~PcapngFile() { ::close(file_); }

void PcapngFile::add(const packets::CapturedPacket& packet) {
  auto* const place = put_packet(buffer_, static_cast<std::uint64_t>(packet.nanoseconds),
                                 static_cast<std::uint32_t>(packet.bytes.size()), packet.original_bytes);
  std::copy(packet.bytes.begin(), packet.bytes.end(), place);
  last_nanoseconds_ = packet.nanoseconds;
  ++packets_;
  if (buffer_.size() >= kFlushBytes) flush();
}

void PcapngFile::flush() {
  const auto size = buffer_.size();
  try {
    buffer_.write_to(file_, path_);
  } catch (const Error& fault) {
    // A full disk takes a part: the file ends with its last whole packets, and not within one.
    [[maybe_unused]] const int ignored = ::ftruncate(file_, static_cast<off_t>(written_));
    buffer_ = {};
    packets_ = written_packets_;
    throw Error(fault.what()).hint("make room there, or choose another folder; what was written before is whole");
  }
  written_ += size;
  written_packets_ = packets_;
}

void PcapngFile::finish(const packets::PcapngStatistics& statistics) {
  put_statistics(buffer_, static_cast<std::uint64_t>(last_nanoseconds_), statistics);
  flush();
}

}  // namespace morgana::capture
