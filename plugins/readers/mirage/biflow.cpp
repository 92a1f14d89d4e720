// SPDX-License-Identifier: Apache-2.0
#include "biflow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "json_cursor.hpp"

namespace morgana::mirage {
namespace {

constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();

/// One walk over one biflow; `field_` is where it stands, for messages.
class Walk {
 public:
  Walk(std::string_view value, const Wanted& wanted, Biflow& biflow)
      : begin_(value.data()), cursor_(value), wanted_(wanted), biflow_(biflow) {}

  std::size_t run() try {
    clear();
    members("", [&](std::string_view name) {
      if (name == "packet_data") return packets();
      if (name == "flow_metadata") return metadata();
      cursor_.skip();
    });
    check();
    return static_cast<std::size_t>(cursor_.position() - begin_);
  } catch (Damage& damage) {
    if (damage.field.empty()) damage.field = field_;
    throw;
  }

 private:
  void clear() {
    for (auto& list : biflow_.lists) list.clear();
    biflow_.label.clear();
    biflow_.device.clear();
    biflow_.label_source = LabelSource::kUnknown;
    biflow_.metadata.fill(std::numeric_limits<double>::quiet_NaN());
    lengths_.fill(kAbsent);
  }

  template <typename Visit>
  void members(std::string_view of, Visit visit) {
    field_ = of;
    cursor_.expect('{');
    if (cursor_.take('}')) return;
    do {
      field_ = of;
      const auto name = cursor_.name();
      visit(name);
    } while (cursor_.take(','));
    field_ = of;
    cursor_.expect('}');
  }

  void packets() {
    members("packet_data", [&](std::string_view name) {
      const auto place = std::find(kListNames.begin(), kListNames.end(), name);
      const auto list = static_cast<std::size_t>(place - kListNames.begin());
      if (place == kListNames.end() || !wanted_.lists[list]) return cursor_.skip();
      field_ = kListNames[list];
      auto& values = biflow_.lists[list];
      values.clear();
      lengths_[list] = cursor_.numbers(values, wanted_.packets == 0 ? kAbsent : wanted_.packets);
    });
  }

  void metadata() {
    members("flow_metadata", [&](std::string_view name) {
      if (name == "BF_label") {
        field_ = "BF_label";
        biflow_.label = text();
      } else if (name == "BF_labeling_type") {
        field_ = "BF_labeling_type";
        const auto type = text();
        biflow_.label_source = type == "exact"         ? LabelSource::kExact
                               : type == "most-common" ? LabelSource::kMostCommon
                                                       : LabelSource::kUnknown;
      } else if (name == "BF_device") {
        field_ = "BF_device";
        biflow_.device = text();
      } else if (const auto place = std::find(kMetadataNames.begin(), kMetadataNames.end(), name);
                 place != kMetadataNames.end()) {
        field_ = *place;
        biflow_.metadata[static_cast<std::size_t>(place - kMetadataNames.begin())] = cursor_.number_or_null();
      } else {
        cursor_.skip();
      }
    });
  }

  std::string_view text() {
    const auto value = cursor_.text_or_null().value_or("");
    if (!is_utf8(value)) throw Damage{"", "not UTF-8"};
    return value;
  }

  void check() {
    std::size_t first = kPacketLists;
    for (std::size_t list = 0; list < kPacketLists; ++list) {
      if (!wanted_.lists[list]) continue;
      field_ = kListNames[list];
      if (lengths_[list] == kAbsent) throw Damage{"", "missing"};
      if (first == kPacketLists) first = list;
      if (lengths_[list] != lengths_[first])
        throw Damage{"", fmt::format("unequal lengths: {} has {}, {} has {}", kListNames[first], lengths_[first],
                                     kListNames[list], lengths_[list])};
      for (const double value : biflow_.lists[list]) {
        if (!std::isfinite(static_cast<float>(value))) throw Damage{"", "not a finite number"};
        if (value < 0) throw Damage{"", "negative"};
        if (list == kDirection && value != 0 && value != 1) throw Damage{"", "neither 0 nor 1"};
      }
    }
  }

  const char* begin_;
  JsonCursor cursor_;
  const Wanted& wanted_;
  Biflow& biflow_;
  std::string_view field_;
  std::array<std::size_t, kPacketLists> lengths_{};
};

}  // namespace

std::size_t read_biflow(std::string_view text, const Wanted& wanted, Biflow& biflow) {
  return Walk(text, wanted, biflow).run();
}

void read_biflow(BiflowStream& stream, const Wanted& wanted, Biflow& biflow) {
  try {
    stream.take(read_biflow(stream.ahead(), wanted, biflow));
  } catch (const Damage&) {
    // Either the window ends inside the biflow, or it is damaged: with all of it at hand it will be seen which.
    read_biflow(stream.value(), wanted, biflow);
  }
}

}  // namespace morgana::mirage
