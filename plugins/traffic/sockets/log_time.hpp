// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace morgana::sockets {

/// The whole of `text` as a time, in nanoseconds since 1970-01-01 UTC:
///
/// - "1494233232", "1494233232.5": seconds since 1970; 13, 16 and 19 digits are milli-, micro- and nanoseconds;
/// - "2017-05-08T10:00:32.5+02:00", "2017-05-08 10:00:32Z", "2017/05/08 10:00:32";
/// - "Mon May  8 10:00:32 UTC 2017", "Mon 08 May 2017 10:00:32 AM UTC": as date(1) prints it;
/// - "10:00:32.5": of a day that is not said, since midnight.
///
/// A time without its offset from UTC, or with the name of another zone, is taken for UTC. Nothing where it is no time.
std::optional<std::int64_t> time_of(std::string_view text);

/// Takes the time from the front of a line: `line` keeps what stands behind it. Brackets around it, as in
/// "[1494233232.5] tcp ...", are allowed.
std::optional<std::int64_t> take_time(std::string_view& line);

}  // namespace morgana::sockets
