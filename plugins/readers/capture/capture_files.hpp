// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "pcapng_file.hpp"

namespace morgana::capture {

/// Where a capture's files lie: FOLDER/DEVICE/EPOCH_PACKAGE.pcapng, and beside it .sockets and .json.
struct CaptureNames {
  /// Throws `Error` where a name is empty or cannot be part of a file's: it may hold letters, digits and . _ - +.
  CaptureNames(const std::filesystem::path& folder, const std::string& device, std::int64_t epoch,
               const std::string& package);

  std::filesystem::path folder;  ///< FOLDER/DEVICE
  std::string stem;              ///< "1494233232_org.example.app"

  /// The capture's part of that number: the first has none in its name, the others _0001, _0002, ...
  std::filesystem::path part(int number) const;
  std::filesystem::path sockets() const { return folder / (stem + ".sockets"); }
  std::filesystem::path record() const { return folder / (stem + ".json"); }

  /// Makes the folder, for its owner alone. Throws `Error` where it cannot be made, or where files of these names are
  /// there already.
  void prepare() const;
};

/// A file or folder that root made under sudo goes to who called sudo. Nothing where it is not so.
void give_to_caller(const std::filesystem::path& path);

/// A part of a capture that is complete.
struct CapturePart {
  std::filesystem::path file;
  std::uint64_t packets = 0, bytes = 0;
};

/// The parts of one capture: a new one begins where the next packet would make the file larger than asked.
class CaptureParts {
 public:
  /// `most_bytes` 0: all in one.
  CaptureParts(CaptureNames names, PcapngFile::Header header, std::uint64_t most_bytes);

  void add(const packets::CapturedPacket& packet);
  void flush() { current_->flush(); }
  void finish(const packets::PcapngStatistics& statistics);

  std::uint64_t packets() const;
  std::uint64_t bytes() const;  ///< of the files
  std::vector<CapturePart> parts() const;

 private:
  void open();

  CaptureNames names_;
  PcapngFile::Header header_;
  std::uint64_t most_bytes_;
  std::vector<CapturePart> complete_;
  std::unique_ptr<PcapngFile> current_;
};

}  // namespace morgana::capture
