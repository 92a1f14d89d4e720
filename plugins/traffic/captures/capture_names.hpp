// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace morgana::captures {

/// What the name of a capture file says: `[<folder>/]<epoch>_[<MAC>_]<package>[_<rotation>].pcapng`.
struct CaptureFileName {
  std::string folder;                  ///< the one the file lies in; "" for none
  std::string stem;                    ///< the file's name without endings and rotation number
  std::optional<std::uint64_t> epoch;  ///< seconds since 1970 that the name begins with
  std::string label;                   ///< what is left of the stem without time and MAC: the package, or any name
  int rotation = 0;                    ///< 1 for "_0001"; 0 for the first file
};

/// `name` is relative to what the user named, with '/' between its parts. Endings: .pcap, .pcapng, .cap and with .gz
/// or .zst behind.
CaptureFileName read_capture_file_name(std::string_view name);

}  // namespace morgana::captures
