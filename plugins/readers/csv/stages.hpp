// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "morgana/stage.hpp"

namespace morgana::csv {

StageEntry read_series();   ///< read.csv
StageEntry read_packets();  ///< read.csv-packets

}  // namespace morgana::csv
