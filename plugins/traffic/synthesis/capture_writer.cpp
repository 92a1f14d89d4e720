// SPDX-License-Identifier: Apache-2.0
#include "synthesis/capture_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "morgana/error.hpp"
#include "packets/captured_packet.hpp"
#include "packets/pcapng_blocks.hpp"

namespace morgana::synthesis {
namespace {

constexpr std::size_t kFlushBytes = 1 << 18;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint32_t kSnapLength = 262144;
constexpr auto kLinkType = packets::LinkType::kEthernet;

/// draft-ietf-opsawg-pcap
void put_pcap_header(packets::CaptureBytes& bytes, TimeResolution resolution) {
  constexpr std::uint16_t kMajorVersion = 2, kMinorVersion = 4;
  constexpr std::uint64_t kReserved = 0;
  bytes.put(resolution == TimeResolution::kNanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, kMajorVersion, kMinorVersion,
            kReserved, kSnapLength, static_cast<std::uint32_t>(kLinkType));
}

}  // namespace

CaptureWriter::CaptureWriter(const std::filesystem::path& file, CaptureFormat format, TimeResolution resolution,
                             std::string_view application, const std::vector<std::string>& comments)
    : path_(file), format_(format), resolution_(resolution) {
  file_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file_ < 0) throw Error("cannot write {}: {}", file.string(), std::strerror(errno));
  if (format == CaptureFormat::kPcap) {
    put_pcap_header(buffer_, resolution);
    return;
  }
  packets::PcapngSection section;
  section.application = application;
  section.comments = comments;
  put_section(buffer_, section);
  packets::PcapngInterface interface;
  interface.name = "synthetic";
  interface.link_type = static_cast<std::uint16_t>(kLinkType);
  interface.snap_length = kSnapLength;
  interface.time_digits = resolution == TimeResolution::kNanoseconds ? 9 : 6;
  put_interface(buffer_, interface);
}

CaptureWriter::~CaptureWriter() {
  if (file_ >= 0) ::close(file_);
}

std::uint8_t* CaptureWriter::packet(std::int64_t nanoseconds, std::uint32_t bytes, std::string_view comment) {
  if (buffer_.size() >= kFlushBytes) flush();
  const auto unit = resolution_ == TimeResolution::kNanoseconds ? 1 : 1000;
  if (format_ == CaptureFormat::kPcapng)
    return put_packet(buffer_, static_cast<std::uint64_t>(nanoseconds / unit), bytes, bytes, comment);
  buffer_.put(static_cast<std::uint32_t>(nanoseconds / kSecond),
              static_cast<std::uint32_t>(nanoseconds % kSecond / unit), bytes, bytes);
  return buffer_.extend(bytes);
}

void CaptureWriter::flush() {
  flushed_ += buffer_.size();
  buffer_.write_to(file_, path_);
}

void CaptureWriter::close() {
  flush();
  const int file = file_;
  file_ = -1;
  if (::close(file) != 0) throw Error("cannot write {}: {}", path_.string(), std::strerror(errno));
}

}  // namespace morgana::synthesis
