// SPDX-License-Identifier: Apache-2.0
#include "captures/capture_logs.hpp"

#include <fstream>
#include <iterator>
#include <system_error>

#include "captures/capture_names.hpp"
#include "morgana/error.hpp"

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

CaptureLogs::CaptureLogs(const fs::path& captures) {
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
  std::error_code fault;
  fs::path found = folder / (read_capture_file_name(file).stem + ".sockets");
  for (const auto* name : kLogNames) {
    if (fs::is_regular_file(found, fault)) break;
    found = folder / name;
  }
  if (!fs::is_regular_file(found, fault)) return nullptr;
  const auto read = sockets::read_log(found, names_beside(folder));
  skipped_.append(read.skipped);
  return std::make_unique<const CaptureLog>(
      CaptureLog{found.lexically_relative(folder_).generic_string(), read.format, sockets::Owners(read.log)});
}

}  // namespace morgana::captures
