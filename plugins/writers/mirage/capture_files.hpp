// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/release.hpp"
#include "morgana/traces.hpp"

namespace morgana::write_mirage {

/// One capture file that is to be written.
struct CaptureFile {
  std::filesystem::path place;  ///< relative to the folder of all of them
  double start_seconds = 0;     ///< of the capture, since 1970-01-01 UTC
  std::vector<std::size_t> rows;
};

/// The start of a capture whose name begins with none: 2020-01-01, so that nobody takes it for the time of a recording.
inline constexpr double kUnknownStart = 1577836800;

/// One file a capture, named and put into folders as the release does; traces without a capture come into one file a
/// device and class. In the order of their first traces.
///
/// A capture's name becomes `<name><suffix>`, in the folder that its name has, or in its device's. Without a capture
/// the name is `<start>_<class>`, "None" where the class is unknown. Characters that file names cannot hold everywhere
/// become '_', and equal names are numbered: no two captures share a file, and none leaves the folder.
std::vector<CaptureFile> capture_files(const Traces& traces, mirage_format::Release release);

/// All traces in one file of the given name.
CaptureFile single_file(const Traces& traces, const std::filesystem::path& file);

}  // namespace morgana::write_mirage
