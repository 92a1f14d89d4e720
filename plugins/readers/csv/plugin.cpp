// SPDX-License-Identifier: Apache-2.0
#include "stages.hpp"

MORGANA_PLUGIN("csv", "1.0.0", "Reads traces from CSV files.", morgana::csv::read_series(),
               morgana::csv::read_packets());
