// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "files/unpacking.hpp"

namespace morgana::files {

/// Calls `produce` on a thread of its own, and `found` here for each file that it finds: so a file is inflated while
/// what came before is read. Some blocks of bytes lie between the two, no more. What a file's bytes throw comes out of
/// `found`'s source where the bytes before it have been read; any other exception of either side ends both and comes
/// out here.
void read_ahead(const std::function<void(const FoundFile& found)>& produce, const FoundFile& found);

}  // namespace morgana::files
