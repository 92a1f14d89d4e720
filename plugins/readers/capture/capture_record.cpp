// SPDX-License-Identifier: Apache-2.0
#include "capture_record.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <system_error>

#include "morgana/error.hpp"

namespace morgana::capture {
namespace {

using nlohmann::ordered_json;

/// "2017-05-08T10:00:32.250Z"
std::string time_text(std::int64_t nanoseconds) {
  const auto seconds = static_cast<std::time_t>(nanoseconds / 1'000'000'000);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), nanoseconds / 1'000'000 % 1000);
}

ordered_json command_of(const Request& request, const Outcome& outcome) {
  if (request.command.empty()) return nullptr;
  ordered_json command{{"words", request.command}, {"exit_code", nullptr}, {"signal", nullptr}};
  if (outcome.command && outcome.command->signal != 0) command["signal"] = outcome.command->signal;
  else if (outcome.command) command["exit_code"] = outcome.command->code;
  return command;
}

ordered_json document_of(const CaptureNames& names, const Request& request, const Outcome& outcome) {
  const auto system = system_of_this_machine();
  ordered_json document{{"schema", "morgana.capture/1"},
                        {"ended_by", name_of(outcome.end)},
                        {"device", request.device},
                        {"package", request.package},
                        {"begin", time_text(outcome.begin_nanoseconds)},
                        {"end", time_text(outcome.end_nanoseconds)},
                        {"seconds", outcome.seconds()},
                        {"interface", request.interface.name},
                        {"link_type", outcome.link_type},
                        {"filter", request.interface.filter},
                        {"snap_length", outcome.snap_length},
                        {"promiscuous", request.interface.promiscuous},
                        {"packets", outcome.packets},
                        {"bytes", outcome.packet_bytes},
                        {"dropped_by_kernel", outcome.counts.dropped},
                        {"dropped_by_interface", outcome.counts.dropped_by_interface}};
  auto& files = document["files"] = ordered_json::array();
  for (const auto& part : outcome.parts)
    files.push_back({{"file", part.file.filename().string()}, {"packets", part.packets}, {"bytes", part.bytes}});
  document["sockets"] = {
      {"file", names.sockets().filename().string()}, {"rows", outcome.sockets.rows},
      {"sockets", outcome.sockets.sockets},          {"without_process", outcome.sockets.without_process},
      {"samples", outcome.sockets.samples},          {"sample_milliseconds", request.sample_milliseconds}};
  document["command"] = command_of(request, outcome);
  if (!outcome.fault.empty()) document["fault"] = outcome.fault;
  document["versions"] = {{"capture", kVersion}, {"libpcap", libpcap_version()}};
  document["os"] = system.os;
  document["hardware"] = system.hardware;
  return document;
}

/// `flags`: of open(2), besides those of every file here. Throws `Error`.
void write_file(const std::filesystem::path& path, std::string_view text, int flags) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
  bool whole = false;
  if (file >= 0) {
    errno = ENOSPC;  // what write(2) does not say where it writes a part
    whole = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
            ::ftruncate(file, static_cast<off_t>(text.size())) == 0;
    ::close(file);
  }
  if (whole) return;
  const int fault = errno;
  throw Error("cannot write {}: {}", path.string(), std::generic_category().message(fault))
      .hint(fault == ENOENT ? "leave the folder in its place until the capture has ended"
                            : "make room there, or choose another folder");
}

void put_beside(const CaptureNames& names, const std::string& text) {
  auto beside = names.record();
  beside += ".partial";
  try {
    write_file(beside, text, O_CREAT | O_TRUNC);
    give_to_caller(beside);
    std::filesystem::rename(beside, names.record());
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    throw;
  }
}

}  // namespace

System system_of_this_machine() {
  utsname name{};
  ::uname(&name);
  return {std::string(name.sysname) + " " + name.release, name.machine};
}

void write_record(const CaptureNames& names, const Request& request, const Outcome& outcome) {
  // A command line need not be UTF-8.
  const auto text =
      document_of(names, request, outcome).dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  try {
    put_beside(names, text);
  } catch (const std::exception&) {
    if (outcome.end == Outcome::End::kRunning) throw;
    // A full disk has no room for another file, but the record's own block is there: better that than a record which
    // says for ever that the capture goes on.
    write_file(names.record(), text, 0);
  }
}

}  // namespace morgana::capture
