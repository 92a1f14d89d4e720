// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace morgana::capture {

/// An empty folder for the time of a test.
class CaptureFolder {
 public:
  CaptureFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "morgana-capture-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~CaptureFolder() { std::filesystem::remove_all(path); }
  CaptureFolder(const CaptureFolder&) = delete;
  CaptureFolder& operator=(const CaptureFolder&) = delete;

  std::filesystem::path path;
};

}  // namespace morgana::capture
