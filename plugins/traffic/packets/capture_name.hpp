// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace morgana::packets {

/// What MIRAGE calls a capture: `<epoch>_[<MAC>_]<package>`, before the endings of its files.
struct CaptureName {
  std::optional<std::uint64_t> epoch;  ///< seconds since 1970 that the name begins with
  std::string mac;                     ///< as "bc:ee:7b:a4:09:47"; "" where the name has none
  std::string package;                 ///< what is left: the package, or any name
};
CaptureName read_capture_name(std::string_view name);

/// What the path of a capture file says: `[<folder>/]<capture>[_<rotation>].pcapng`.
struct CaptureFileName {
  std::string folder;  ///< the one the file lies in; "" for none
  std::string stem;    ///< the file's name without endings and rotation number
  CaptureName capture;
  int rotation = 0;  ///< 1 for "_0001"; 0 for the first file
};

/// `path` is relative to what the user named, with '/' between its parts. Endings: .pcap, .pcapng, .cap and with .gz
/// or .zst behind.
CaptureFileName read_capture_file_name(std::string_view path);

}  // namespace morgana::packets
