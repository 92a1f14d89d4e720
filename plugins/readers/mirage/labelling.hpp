// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "file_name.hpp"
#include "selection.hpp"

namespace morgana::mirage {

/// What class a biflow is of.
struct Label {
  std::string text;       ///< "" where it is skipped
  std::string why, fact;  ///< then: "background", "com.android.vending"
  bool background = false;
};

/// Labels biflows by the rules of their release.
class Labelling {
 public:
  explicit Labelling(const Selection& selection) : selection_(selection) {}
  void begin_file(const FileName& file);
  Label label_of(const Biflow& biflow) const;

 private:
  /// The app of a biflow, and whether the release's rule calls it background.
  struct Owner {
    std::string app;
    const App* listed = nullptr;
    bool background = false;
  };
  Owner by_file_name(const Biflow& biflow) const;
  Owner by_app_list(const Biflow& biflow) const;
  Label label_of(const Biflow& biflow, const Owner& owner) const;

  const Selection& selection_;
  std::string file_package_;
};

}  // namespace morgana::mirage
