// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace morgana::write_pcap {

/// Nanoseconds since 1970 of "2020-01-01T00:00:00Z", UTC, from 1970 to 2105, as a capture file can hold.
///
/// Throws `Error` where `text` is no such time.
std::int64_t parse_start(const std::string& text);

}  // namespace morgana::write_pcap
