// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace morgana::sockets {

/// The first two lines of Morgana's own log; `LogWriter` says what stands in the others.
inline constexpr std::string_view kLogMark = "# morgana sockets 1";
inline constexpr std::string_view kLogHeader = "time\tevent\tprotocol\tlocal\tremote\tpid\tuid\tprocess";

}  // namespace morgana::sockets
