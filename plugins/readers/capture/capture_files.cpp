// SPDX-License-Identifier: Apache-2.0
#include "capture_files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <system_error>

#include "morgana/error.hpp"

namespace morgana::capture {
namespace {

namespace fs = std::filesystem;

void check_name(const char* what, const std::string& name) {
  constexpr const char* kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+";
  if (name.empty() || name.size() > 200 || name[0] == '.' || name.find_first_not_of(kAllowed) != std::string::npos)
    throw Error("the {} is \"{}\", which cannot be part of a file's name", what, name)
        .hint("use letters, digits and . _ - +, such as org.example.app");
}

std::optional<std::uint32_t> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, fault] = std::from_chars(text, text + std::strlen(text), number);
  return fault == std::errc() && *end == '\0' ? std::optional(number) : std::nullopt;
}

}  // namespace

CaptureNames::CaptureNames(const fs::path& output, const std::string& device, std::int64_t epoch,
                           const std::string& package)
    : folder(output / device), stem(fmt::format("{}_{}", epoch, package)) {
  check_name("device", device);
  check_name("package", package);
}

fs::path CaptureNames::part(int number) const {
  return folder / (number == 0 ? stem + ".pcapng" : fmt::format("{}_{:04}.pcapng", stem, number));
}

void CaptureNames::prepare() const {
  fs::path made;
  for (const auto& level : {folder.parent_path(), folder}) {
    if (level.empty() || fs::exists(level)) continue;
    std::error_code fault;
    fs::create_directories(level, fault);
    if (fault) throw Error("cannot make the folder {}: {}", level.string(), fault.message());
    // Who talked to whom is nobody else's business.
    fs::permissions(level, fs::perms::owner_all, fault);
    give_to_caller(level);
  }
  for (const auto& file : {part(0), sockets(), record()})
    if (fs::exists(file))
      throw Error("{} is there already", file.string()).hint("begin in another second, or give another --output");
}

void give_to_caller(const fs::path& path) {
  const auto user = number_in("SUDO_UID"), group = number_in("SUDO_GID");
  if (::geteuid() != 0 || !user || !group) return;
  const int ignored = ::lchown(path.c_str(), *user, *group);
  static_cast<void>(ignored);  // a file system may know no owners
}

CaptureParts::CaptureParts(CaptureNames names, PcapngFile::Header header, std::uint64_t most_bytes)
    : names_(std::move(names)), header_(std::move(header)), most_bytes_(most_bytes) {
  open();
}

void CaptureParts::open() {
  const auto path = names_.part(static_cast<int>(complete_.size()));
  current_ = std::make_unique<PcapngFile>(path, header_);
  give_to_caller(path);
}

void CaptureParts::add(const packets::CapturedPacket& packet) {
  const auto bytes = packets::packet_block_bytes(static_cast<std::uint32_t>(packet.bytes.size()));
  if (most_bytes_ > 0 && current_->packets() > 0 && current_->bytes() + bytes > most_bytes_) {
    current_->flush();
    complete_.push_back({current_->path(), current_->packets(), current_->bytes()});
    open();
  }
  current_->add(packet);
}

void CaptureParts::finish(const packets::PcapngStatistics& statistics) { current_->finish(statistics); }

std::vector<CapturePart> CaptureParts::parts() const {
  auto all = complete_;
  all.push_back({current_->path(), current_->packets(), current_->bytes()});
  return all;
}

std::uint64_t CaptureParts::packets() const {
  auto sum = current_->packets();
  for (const auto& part : complete_) sum += part.packets;
  return sum;
}

std::uint64_t CaptureParts::bytes() const {
  auto sum = current_->bytes();
  for (const auto& part : complete_) sum += part.bytes;
  return sum;
}

}  // namespace morgana::capture
