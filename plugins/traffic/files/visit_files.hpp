// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "files/archive_limits.hpp"
#include "files/byte_source.hpp"
#include "files/disk_file.hpp"
#include "files/file_names.hpp"
#include "morgana/trace_builder.hpp"

namespace morgana::files {

/// Visits the files of `path` one after the other: the file itself whatever its name, those files of a folder and its
/// folders that have one of the endings, by name, or such members of an archive (tar, zip) in its order. Files
/// compressed as a whole (gzip, zstd, xz, bzip2) are inflated, archives in archives opened; what a file is, is told by
/// its content. A folder's own archives are opened where it holds no loose file that is wanted.
///
/// `visit` gets the file's path below `path`, with '/' between its parts, and its bytes. Archives are streamed, never
/// unpacked to the disk. On two threads packed files are inflated on one and visited on this. `bytes` is kept up to
/// date while bytes are read. Throws `Error` where there is no file, where one is damaged, and where a packed one
/// passes `ArchiveLimits`. Returns what was left out: links in archives, names that lead out of them, archives beside
/// loose files.
using VisitFile = std::function<void(const std::string& name, ByteSource& source)>;
Omissions visit_files(const std::filesystem::path& path, const Endings& endings, BytesRead& bytes,
                      const VisitFile& visit, int threads = 1);

/// Which file a visit is about.
struct FileVisit {
  std::string name;         ///< as `visit_files` gives it
  std::uint64_t order = 0;  ///< rises with the order of `visit_files`; equal within an archive's inner archive
  std::size_t worker = 0;   ///< below `threads`; a worker makes one visit after the other
};

struct ParallelVisit {
  int threads = 1;        ///< at most so many run at a time
  bool in_order = false;  ///< one visit after the other, in the order of `visit_files`
  ArchiveLimits limits{};
};

/// As `visit_files`, on several threads: the files of a folder and the members of a zip file side by side; what cannot
/// be divided (tar, gzip) is inflated on one thread and visited on another. `visit` is called by several threads, each
/// with its own `worker`. Of several failures the one that `visit_files` would have met is thrown.
using VisitInParallel = std::function<void(const FileVisit& file, ByteSource& source)>;
Omissions visit_files_in_parallel(const std::filesystem::path& path, const Endings& endings, BytesRead& bytes,
                                  const ParallelVisit& options, const VisitInParallel& visit);

}  // namespace morgana::files
