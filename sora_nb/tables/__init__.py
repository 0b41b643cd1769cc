"""The DataFrames, column by column. An empty one has all its columns, and no cell holds an object.

What each table is, and its version, stand in its `attrs`. docs/tables.md is this contract for people.
"""

from __future__ import annotations

import pandas as pd

from sora_nb.tables.accessor import TableAccessor
from sora_nb.tables.columns import (
    ANALYSIS_COLUMNS,
    CHARACTER_COLUMNS,
    LIKENESS_COLUMNS,
    NEVER_MISSING,
    PLAN_COLUMNS,
    REPORT_COLUMNS,
    SCHEMA,
    SUGGESTION_COLUMNS,
    SUMMARY_COLUMNS,
    TABLES,
    TIME,
    TRACK_COLUMNS,
    VIDEO_COLUMNS,
    VOTE_COLUMNS,
)
from sora_nb.tables.making import (
    analysis_df,
    axis_column,
    characters_df,
    column,
    labels,
    likeness_df,
    mark,
    plan_df,
    report_df,
    suggestions_df,
    summary_df,
    track_df,
    videos_df,
    videos_frame,
    votes_df,
)

__all__ = [
    "ANALYSIS_COLUMNS",
    "CHARACTER_COLUMNS",
    "LIKENESS_COLUMNS",
    "NEVER_MISSING",
    "PLAN_COLUMNS",
    "REPORT_COLUMNS",
    "SCHEMA",
    "SUGGESTION_COLUMNS",
    "SUMMARY_COLUMNS",
    "TABLES",
    "TIME",
    "TRACK_COLUMNS",
    "VIDEO_COLUMNS",
    "VOTE_COLUMNS",
    "analysis_df",
    "axis_column",
    "characters_df",
    "column",
    "labels",
    "likeness_df",
    "mark",
    "plan_df",
    "report_df",
    "suggestions_df",
    "summary_df",
    "track_df",
    "videos_df",
    "videos_frame",
    "votes_df",
]

pd.api.extensions.register_dataframe_accessor("sora")(TableAccessor)
