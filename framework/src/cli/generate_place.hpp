// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "cli/generate_record.hpp"
#include "graph/plan.hpp"

namespace morgana::host {

/// Where it is told how the traffic was made: "netflix.pcapng.json".
std::filesystem::path side_file(const std::filesystem::path& output);

/// Throws `UsageFault` where the output cannot be written: no folder, a folder itself, or there already without
/// `force`.
void check_place(const std::filesystem::path& output, bool force);

/// The same for what else the plan's last node, the writer, writes.
void check_others(const GenerateRequest& request, const Plan& plan, bool force);

/// A folder beside the output, on its file system, so that files are put in their places by a rename. Removed with
/// all that is in it.
class FolderBeside {
 public:
  explicit FolderBeside(const std::filesystem::path& output);
  ~FolderBeside();
  FolderBeside(const FolderBeside&) = delete;
  FolderBeside& operator=(const FolderBeside&) = delete;
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// Puts everything in its place by renaming, the traffic last: where it is, all is. `keeps_run`: the run's own files
/// stay where they are. Throws `Error` where a place was taken meanwhile and `force` is not given.
void deliver(const GenerateRequest& request, const Generated& generated, const std::string& record,
             const std::filesystem::path& beside, bool keeps_run, bool force);

}  // namespace morgana::host
