// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "capture_files.hpp"
#include "recording.hpp"

namespace morgana::capture {

inline constexpr const char* kVersion = "1.0.0";
inline constexpr const char* kApplication = "Morgana capture 1.0.0";

struct System {
  std::string os, hardware;  ///< "Linux 6.1.0", "x86_64"
};
System system_of_this_machine();

/// The record of a capture as JSON: what was asked, what came of it, with which versions. Written beside and put in its
/// place, so that there is always a whole one; where there is no room for that, the last one is written over the one
/// before. Throws `Error`.
void write_record(const CaptureNames& names, const Request& request, const Outcome& outcome);

}  // namespace morgana::capture
