// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace morgana::files {

/// The endings of the files wanted, lower case, with their dot: {".json"}. Each may be followed by ".gz" or ".zst".
using Endings = std::vector<std::string>;

bool is_wanted(std::string_view name, const Endings& endings);
/// ".json" or ".pcap or .pcapng", for messages.
std::string listed(const Endings& endings);

/// A name under which archives are stored: ".zip", ".tar.gz" and the like.
bool is_archive_name(std::string_view name);

/// "./a//b.json" as "a/b.json"
std::string tidied(const std::string& name);

/// What of a member's name is not to be followed: "" where nothing is, else a reason such as "path with .. in an
/// archive".
std::string unsafe_name(std::string_view stored);

/// What macOS puts beside each file of the archives it makes.
bool is_resource_fork(std::string_view name);

/// The name of an archive's member below the folder that holds the archive `packed`, as if it had been unpacked in its
/// place: "raw/Zoom.zip" and "Zoom/1.json" give "raw/Zoom/1.json". A member in no folder gets one named after the
/// archive.
std::string name_inside(const std::string& packed, const std::string& member);

}  // namespace morgana::files
