// SPDX-License-Identifier: Apache-2.0
#include "captures/capture_logs.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "morgana/error.hpp"
#include "packets/capture_name.hpp"

namespace morgana::captures {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLogNames[] = {"sockets.log", "netstat.log", "ss.log", "strace.log"};
constexpr const char* kNameTables[] = {"packages.list", "packages.txt", "ps.txt"};

sockets::ProcessNames names_beside(const fs::path& folder) {
  sockets::ProcessNames names;
  for (const auto* table : kNameTables) {
    std::ifstream in(folder / table, std::ios::binary);
    if (in) names.read(std::string{std::istreambuf_iterator<char>(in), {}});
  }
  return names;
}

}  // namespace

AppNames::AppNames(const std::vector<std::string>& texts) {
  for (const auto& text : texts) {
    const auto mark = text.find('=');
    if (mark == text.npos || mark == 0 || mark + 1 == text.size())
      throw Error("\"{}\" names no app of a process", text)
          .hint("write process=app, or process=* for the captured app");
    if (!app_of_.emplace(text.substr(0, mark), text.substr(mark + 1)).second)
      throw Error("process \"{}\" is given two apps", text.substr(0, mark));
  }
}

std::string AppNames::name_of(std::string_view process, const std::string& captured) const {
  auto found = app_of_.find(process);
  if (found == app_of_.end() && !process.empty()) found = app_of_.find("*");
  if (found == app_of_.end()) return std::string(process);
  return fmt::format("{}:{}", found->second == "*" ? captured : found->second, process);
}

CaptureLogs::CaptureLogs(const fs::path& captures, AppNames apps) : apps_(std::move(apps)) {
  if (fs::is_directory(captures)) {
    folder_ = captures;
    return;
  }
  const auto ending = captures.extension();
  if (ending == ".zip" || ending == ".tar" || ending == ".tgz" || captures.string().ends_with(".tar.gz"))
    throw Error("{} is an archive, and socket logs are looked for beside captures", captures.string())
        .hint("unpack it into a folder and name that");
  folder_ = captures.parent_path();
}

std::unique_ptr<const CaptureLog> CaptureLogs::find(const std::string& file) {
  const auto folder = (folder_ / file).parent_path();
  const auto name = packets::read_capture_file_name(file);
  std::error_code fault;
  fs::path found = folder / (name.stem + ".sockets");
  for (const auto* name : kLogNames) {
    if (fs::is_regular_file(found, fault)) break;
    found = folder / name;
  }
  if (!fs::is_regular_file(found, fault)) return nullptr;
  sockets::ReadLog read;
  try {
    read = sockets::read_log(found, names_beside(folder));
  } catch (const Error& error) {  // one bad log is not to stop the reading of all captures
    skipped_.add("socket log that cannot be read", found.lexically_relative(folder_).generic_string(), error.what());
    return nullptr;
  }
  skipped_.append(read.skipped);
  if (!apps_.empty()) {
    sockets::SocketLog named;
    for (const auto& row : read.log.rows())
      named.add(row, apps_.name_of(read.log.process_of(row), name.capture.package));
    read.log = std::move(named);
  }
  return std::make_unique<const CaptureLog>(
      CaptureLog{found.lexically_relative(folder_).generic_string(), read.format, sockets::Owners(read.log)});
}

}  // namespace morgana::captures
