// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace morgana::mirage {

/// What the path of a release's file says: `<folder>/<epoch>[_<MAC>]_<package>_<suffix>.json`.
struct FileName {
  std::string capture;  ///< the file's name without its suffix, after its folder's
  std::string package;  ///< "com.iconology.comics"; "" where the name has none
  std::string address;  ///< the MAC address in the name; "" where it has none
  std::string folder;   ///< the file's, or the one above it whose name ends with a MAC address
};

/// `path` is relative to what the user named, with '/' between its parts.
FileName read_file_name(std::string_view path);

/// A biflow's key, "ip,port,ip,port,protocol": true where the first address is public and the second private, so that
/// the phone stands second.
bool is_flipped(std::string_view key);

/// The key with its two ends exchanged.
std::string flipped(std::string_view key);

}  // namespace morgana::mirage
