// SPDX-License-Identifier: Apache-2.0
#include "filters.hpp"

MORGANA_PLUGIN("filters", "1.0.0", "Keeps some traces of a set.",
               (morgana::StageEntry{"select.minimum-packets", "Keeps the traces long enough.",
                                    morgana::filters::make_minimum_packets}),
               (morgana::StageEntry{"select.classes", "Keeps some classes, and at most so many traces of each.",
                                    morgana::filters::make_classes}));
