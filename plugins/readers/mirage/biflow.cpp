// SPDX-License-Identifier: Apache-2.0
#include "biflow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "json_cursor.hpp"
#include "tcp_flags.hpp"

namespace morgana::mirage {
namespace {

constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();

/// Index of a name, or the count of names. Members nearly always come in one order, so `next` is tried first.
template <std::size_t Count>
std::size_t place_of(const std::array<std::string_view, Count>& names, std::string_view name, std::size_t& next) {
  if (next < Count && names[next] == name) return next++;
  const auto place = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  next = place + 1;
  return place;
}

/// One walk over one biflow; `field_` is where it stands, for messages.
class Walk {
 public:
  Walk(std::string_view value, Transport transport, const Wanted& wanted, Biflow& biflow)
      : begin_(value.data()), cursor_(value), transport_(transport), wanted_(wanted), biflow_(biflow) {}

  std::size_t run() try {
    clear();
    members("", [&](std::string_view name) {
      if (name == "packet_data") return packets();
      if (name == "flow_metadata") return metadata();
      if (name == "flow_features" && wanted_.features) return features();
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
    biflow_.payload.clear();
    biflow_.payload_ends.clear();
    for (auto* text : {&biflow_.label, &biflow_.sublabel, &biflow_.activity, &biflow_.device}) text->clear();
    biflow_.label_source = LabelSource::kUnknown;
    biflow_.start = kNoNumber;
    biflow_.metadata.fill(kNoNumber);
    if (wanted_.features) biflow_.features.fill(kNoNumber);
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

  std::size_t limit() const { return wanted_.packets == 0 ? kAbsent : wanted_.packets; }

  void packets() {
    std::size_t next = 0;
    members("packet_data", [&](std::string_view name) {
      const auto list = place_of(kListNames, name, next);
      if (list < kPacketLists && wanted_.lists[list]) {
        field_ = kListNames[list];
        auto& values = biflow_.lists[list];
        values.clear();
        lengths_[list] = list == kFlags ? flags(values) : cursor_.numbers(values, limit());
      } else if (wanted_.payload_bytes > 0 && name == "L4_raw_payload") {
        field_ = "L4_raw_payload";
        payload();
      } else if (wanted_.start && name == "timestamp") {
        field_ = "timestamp";
        first_.clear();
        if (cursor_.numbers(first_, 1) > 0 && std::isfinite(first_[0])) biflow_.start = first_[0];
      } else {
        cursor_.skip();
      }
    });
  }

  std::size_t flags(std::vector<double>& values) {
    return cursor_.elements([&](std::size_t i) {
      const auto letters = cursor_.text_or_null();
      if (!letters && transport_ == Transport::kOther) throw Damage{"", "expected letters"};
      const auto sum = tcp_flags(letters.value_or(""));
      if (!sum) throw Damage{"", "unknown letter of a TCP flag"};
      if (i < limit()) values.push_back(*sum);
    });
  }

  void payload() {
    biflow_.payload.clear();
    biflow_.payload_ends.clear();
    cursor_.elements([&](std::size_t i) {
      if (i >= limit()) return cursor_.skip();
      cursor_.bytes(biflow_.payload, wanted_.payload_bytes);
      biflow_.payload_ends.push_back(biflow_.payload.size());
    });
  }

  void metadata() {
    std::size_t next = 0;
    members("flow_metadata", [&](std::string_view name) {
      if (const auto place = place_of(kMetadataNames, name, next); place < kMetadataNames.size()) {
        field_ = kMetadataNames[place];
        biflow_.metadata[place] = number_or_none();
      } else if (name == "BF_label") {
        take_text("BF_label", biflow_.label);
      } else if (name == "BF_sublabel") {
        take_text("BF_sublabel", biflow_.sublabel);
      } else if (name == "BF_device") {
        take_text("BF_device", biflow_.device);
      } else if (name == "BF_activity" && wanted_.activity) {
        take_text("BF_activity", biflow_.activity);
      } else if (name == "BF_labeling_type") {
        field_ = "BF_labeling_type";
        const auto type = text();
        biflow_.label_source = type == "exact"         ? LabelSource::kExact
                               : type == "most-common" ? LabelSource::kMostCommon
                                                       : LabelSource::kUnknown;
      } else {
        cursor_.skip();
      }
    });
  }

  void features() {
    std::size_t quantity_next = 0;
    members("flow_features", [&](std::string_view quantity_name) {
      const auto quantity = place_of(kQuantities, quantity_name, quantity_next);
      if (quantity == kQuantities.size()) return cursor_.skip();
      std::size_t set_next = 0;
      members("flow_features", [&](std::string_view set_name) {
        const auto set = place_of(kPacketSets, set_name, set_next);
        if (set == kPacketSets.size()) return cursor_.skip();
        std::size_t next = 0;
        auto* const values = &biflow_.features[(quantity * kPacketSets.size() + set) * kStatistics.size()];
        members("flow_features", [&](std::string_view name) {
          const auto place = place_of(kStatistics, name, next);
          if (place == kStatistics.size()) return cursor_.skip();
          values[place] = number_or_none();
        });
      });
    });
  }

  /// A number, or one of the ways to say that there is none.
  double number_or_none() {
    if (!cursor_.at_text()) return cursor_.number_or_null();
    const auto word = cursor_.text_or_null().value_or("");
    if (word == "None" || word == "NaN" || word == "nan" || word.empty()) return kNoNumber;
    throw Damage{"", "expected a number"};
  }

  std::string_view text() {
    const auto value = cursor_.text_or_null().value_or("");
    if (!is_utf8(value)) throw Damage{"", "not UTF-8"};
    return value;
  }
  void take_text(std::string_view field, std::string& into) {
    field_ = field;
    into = text();
  }

  void check() {
    std::size_t first = kPacketLists;
    for (std::size_t list = 0; list < kPacketLists; ++list) {
      if (!wanted_.lists[list]) continue;
      field_ = kListNames[list];
      auto& values = biflow_.lists[list];
      const bool open = transport_ == Transport::kUdp && (list == kWindow || list == kFlags);
      if (open && first < kPacketLists && (lengths_[list] == kAbsent || lengths_[list] == 0)) {
        values.assign(biflow_.lists[first].size(), 0);
        continue;
      }
      if (lengths_[list] == kAbsent) throw Damage{"", "missing"};
      if (first == kPacketLists) first = list;
      if (lengths_[list] != lengths_[first])
        throw Damage{"", fmt::format("unequal lengths: {} has {}, {} has {}", kListNames[first], lengths_[first],
                                     kListNames[list], lengths_[list])};
      if (open)
        std::replace_if(
            values.begin(), values.end(), [](double value) { return std::isnan(value); }, 0.0);
      check_values(values, list == kDirection);
    }
  }

  static void check_values(const std::vector<double>& values, bool directions) {
    const auto is_right = [=](double value) {
      constexpr double kNotAFloat = 0x1.ffffffp127;  // from here on a float would be infinite
      return directions ? (value == 0) | (value == 1) : (value >= 0) & (value < kNotAFloat);
    };
    bool right = true;  // no branch a value: nearly all are
    for (const double value : values) right &= is_right(value);
    if (right) return;
    const double wrong = *std::find_if_not(values.begin(), values.end(), is_right);
    throw Damage{"", !std::isfinite(static_cast<float>(wrong)) ? "not a finite number"
                     : wrong < 0                               ? "negative"
                                                               : "neither 0 nor 1"};
  }

  const char* begin_;
  JsonCursor cursor_;
  Transport transport_;
  const Wanted& wanted_;
  Biflow& biflow_;
  std::string_view field_;
  std::array<std::size_t, kPacketLists> lengths_{};
  std::vector<double> first_;
};

}  // namespace

Transport transport_of(std::string_view key) { return key.ends_with(",17") ? Transport::kUdp : Transport::kOther; }

std::size_t read_biflow(std::string_view text, Transport transport, const Wanted& wanted, Biflow& biflow) {
  return Walk(text, transport, wanted, biflow).run();
}

void read_biflow(BiflowStream& stream, const Wanted& wanted, Biflow& biflow) {
  const auto transport = transport_of(stream.key());
  try {
    stream.take(read_biflow(stream.ahead(), transport, wanted, biflow));
  } catch (const Damage&) {
    // Either the window ends inside the biflow, or it is damaged: with all of it at hand it will be seen which.
    read_biflow(stream.value(), transport, wanted, biflow);
  }
}

}  // namespace morgana::mirage
