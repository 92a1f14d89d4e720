// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "biflows/biflow.hpp"
#include "mirage/biflow_document.hpp"

namespace morgana::mirage_format {

/// Fills everything but `truth`, for any release, from a biflow seen in a capture.
///
/// Its features count all of its packets: throws `Error` where the biflow keeps only the first ones.
void fill_document(const biflows::Biflow& biflow, BiflowDocument& document);

}  // namespace morgana::mirage_format
