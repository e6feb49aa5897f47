-- Turns the notebook that pdf.py has prepared into the body of briefing.typ; shared.lua stands before it.
-- What comes from users is written as a Typst string.

-- widths are counted in half ems: a Chinese character is 2; the page has this many at the size the template gives a table
local CAPACITY = { few = 108, many = 130 }
local MANY_COLUMNS = 6
local CELL_PADDING = 2.9
local TOGETHER_LINES, WHOLE_ROW_LINES = 12, 25
local LONG_ROWS = 40
local PIECE = '#piece['

local function literal(text)
  local one_line = text:gsub('%s+', ' ')
  return '"' .. one_line:gsub('\\', '\\\\'):gsub('"', '\\"') .. '"'
end

local function attached(image)
  local alt = pandoc.utils.stringify(image.caption)
  if pandoc.mediabag.lookup(image.src) == nil then
    return pandoc.Str(alt)
  end
  if alt == '' then
    error('图片没有替代文本 the attached picture ' .. image.src .. ' has no alternative text', 0)
  end
  return pandoc.RawInline('typst', '#box(image(' .. literal(image.src) .. ', alt: ' .. literal(alt) .. '))')
end

-- PDF/UA wants a formula to have a text as well: its TeX source.
local function spoken(math)
  local set = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ math }) }), 'typst'):gsub('%s+$', '')
  if not set:match('^%$.*%$$') then return pandoc.Code(math.text) end
  return pandoc.RawInline('typst', '#formula(' .. literal(math.text) .. ', ' .. set .. ')')
end

-- pictures and formulas come last: what they become is Typst and must not be taken for a user's raw text
local function tamed(blocks) return blocks:walk(tame):walk({ Image = attached, Math = spoken }) end

-- ------------------------------------------------------------------------------------------------------------ tables

-- signs that Chinese fonts draw as wide as a character: dashes, quotation marks, dots, signs of comparison
local FULL = {}
for _, code in ipairs({ 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x2248, 0x2264, 0x2265 }) do FULL[code] = true end
local function wide(code) return (code >= 0x2E80 or FULL[code]) and 2 or 1.08 end

-- Returns the width of the longest line and of the longest piece that cannot be broken.
local function widths_of(text)
  local line, longest_line, piece, longest_piece = 0, 0, 0, 0
  for _, code in utf8.codes(text) do
    local width = wide(code)
    if code == 10 then line, piece, width = 0, 0, 0 end
    line = line + width
    piece = (code == 32 or width == 2) and width or piece + width
    longest_line, longest_piece = math.max(longest_line, line), math.max(longest_piece, piece)
  end
  return longest_line, longest_piece
end

local function cell_text(cell)
  local lined = pandoc.Blocks(cell.contents):walk({ LineBreak = function() return pandoc.Str('\n') end })
  return pandoc.utils.stringify(lined)
end

local function each_cell(tbl, visit)
  local function rows(list)
    for _, row in ipairs(list) do
      for i, cell in ipairs(row.cells) do visit(i, cell) end
    end
  end
  rows(tbl.head.rows)
  for _, body in ipairs(tbl.bodies) do rows(body.head); rows(body.body) end
  rows(tbl.foot.rows)
end

-- Where all columns fit, the table is opened up, but not so far that a row can no longer be followed.
local function opened(natural, needed, capacity)
  local total = math.min(capacity, math.max(0.5 * capacity, 2 * needed))
  return natural:map(function(width) return width / needed * total / capacity end)
end

-- Otherwise short columns get what they need, and long ones share the rest: by the widths the table asks for, else by
-- the root of their length.
local function shares(natural, least, wished, capacity)
  local given, open, rest, settled = pandoc.List(), {}, capacity, true
  for i = 1, #natural do open[i] = wished and wished[i] or math.sqrt(natural[i]) end
  while settled do
    settled = false
    local count = 0
    for _ in pairs(open) do count = count + 1 end
    for i = 1, #natural do
      if open[i] and natural[i] <= rest / count then
        given[i], open[i], rest, settled, count = natural[i], nil, rest - natural[i], true, count - 1
      end
    end
  end
  local weights, total = 0, 0
  for _, weight in pairs(open) do weights = weights + weight end
  for i = 1, #natural do
    given[i] = given[i] or math.max(least[i], rest * open[i] / weights)
    total = total + given[i]
  end
  return given:map(function(width) return width / total end)
end

local function break_long_pieces(tbl, limit)
  local every = math.max(4, math.floor(limit))
  local function broken(str)
    if #str.text <= every then return nil end
    return pandoc.Str((str.text:gsub('[!-~]+', function(run)
      if #run <= every then return run end
      return (run:gsub('[-_/.:]', '%0\u{200B}'):gsub(('[!-~]'):rep(every), '%0\u{200B}'))
    end)))
  end
  return tbl:walk({ Str = broken })
end

-- Attributes of an HTML table could carry Typst properties: none is kept.
local function bare(tbl)
  local function rows(list)
    return list:map(function(row)
      row.attr = pandoc.Attr()
      row.cells = row.cells:map(function(cell) cell.attr = pandoc.Attr(); return cell end)
      return row
    end)
  end
  tbl.attr = pandoc.Attr()
  tbl.head = pandoc.TableHead(rows(tbl.head.rows))
  tbl.foot = pandoc.TableFoot(rows(tbl.foot.rows))
  tbl.bodies = tbl.bodies:map(function(body)
    body.attr, body.head, body.body = pandoc.Attr(), rows(body.head), rows(body.body)
    return body
  end)
  return tbl
end

-- A short table is not broken over pages, nor is a row that could fit on one.
local function placed(tbl, given, capacity, long)
  local lines, in_row, tallest = 0, 1, 1
  each_cell(tbl, function(i, cell)
    if i == 1 then lines, in_row = lines + in_row, 1 end
    local room = (given[i] or 1) * capacity - CELL_PADDING
    in_row = math.max(in_row, math.ceil(widths_of(cell_text(cell)) / math.max(room, 2)))
    tallest = math.max(tallest, in_row)
  end)
  local opening = string.format('#sheet(dense: %s, long: %s, whole: %s, whole-rows: %s)[', #given > MANY_COLUMNS,
    long, lines + in_row - 1 <= TOGETHER_LINES, tallest <= WHOLE_ROW_LINES)
  return { pandoc.RawBlock('typst', opening), tbl, pandoc.RawBlock('typst', ']') }
end

local function fit(tbl)
  tbl = bare(tbl)
  local columns, rows = #tbl.colspecs, 0
  for _, body in ipairs(tbl.bodies) do rows = rows + #body.body end
  local long = rows > LONG_ROWS
  local capacity = (columns > MANY_COLUMNS or long) and CAPACITY.many or CAPACITY.few
  local limit = 1.5 * capacity / columns
  local natural, least, wished, too_long, needed = pandoc.List(), {}, {}, false, 0
  for i, spec in ipairs(tbl.colspecs) do
    natural[i], least[i] = 2 + CELL_PADDING, 2 + CELL_PADDING
    if wished and spec[2] then wished[i] = spec[2] else wished = nil end
  end
  each_cell(tbl, function(i, cell)
    if cell.col_span == 1 and natural[i] then
      local line, piece = widths_of(cell_text(cell))
      too_long = too_long or piece > limit
      natural[i] = math.max(natural[i], line + CELL_PADDING)
      least[i] = math.max(least[i], math.min(piece, limit) + CELL_PADDING)
    end
  end)
  -- dashes that are all about as many say nothing about widths
  if wished and math.max(table.unpack(wished)) < 2 * math.min(table.unpack(wished)) then wished = nil end
  for i = 1, columns do needed = needed + natural[i] end
  local given = needed <= capacity and opened(natural, needed, capacity) or shares(natural, least, wished, capacity)
  if needed > capacity and too_long then tbl = break_long_pieces(tbl, limit - CELL_PADDING) end
  local specs = tbl.colspecs
  for i = 1, columns do
    specs[i] = { specs[i][1] == 'AlignDefault' and 'AlignLeft' or specs[i][1], given[i] }
  end
  tbl.colspecs = specs
  return placed(tbl, given, capacity, long)
end

-- ----------------------------------------------------------------------------------------------------------- outputs

local function figure(image)
  local caption = image.attributes.title
  return { pandoc.RawBlock('typst', string.format('#plate(%s, %s, %s)',
    literal(image.src), literal(image.attributes.alt or ''), caption and literal(caption) or 'none')) }
end

-- Gives a table the title of its resource unless it has one, and sets the paragraphs behind it as its notes.
local function dressed(blocks, title)
  local before, notes, seen = pandoc.Blocks({}), pandoc.Blocks({}), false
  for _, block in ipairs(blocks) do
    if block.t == 'Table' and not seen then
      seen = true
      if title and #block.caption.long == 0 then
        block.caption.long = { pandoc.Plain({ pandoc.Str(title) }) }
      end
    end
    if seen and block.t == 'Para' then notes:insert(block) else before:insert(block) end
  end
  if #notes == 0 then return before end
  return before .. { pandoc.RawBlock('typst', '#notes[') } .. notes .. { pandoc.RawBlock('typst', ']') }
end

-- A rule between the parts of one output parts its pages.
local function apart(blocks)
  return blocks:walk({ HorizontalRule = function() return pandoc.RawBlock('typst', '#pagebreak(weak: true)') end })
end

-- One short paragraph between a heading and a figure or table stays with them.
local function leads_kept(blocks)
  local kept = pandoc.Blocks({})
  for i, block in ipairs(blocks) do
    local before, after = blocks[i - 1], blocks[i + 1]
    local leads = block.t == 'Para' and before and before.t == 'Header' and after
      and after.t == 'RawBlock' and after.text == PIECE
    if leads and widths_of(pandoc.utils.stringify(block)) <= 2 * CAPACITY.few then
      kept:extend({ pandoc.RawBlock('typst', '#block(sticky: true)['), block, pandoc.RawBlock('typst', ']') })
    else
      kept:insert(block)
    end
  end
  return kept
end

-- The sentence before the first heading that is set apart is the answer of the document.
local function led(blocks)
  local kept, seen = pandoc.Blocks({}), false
  for _, block in ipairs(blocks) do
    seen = seen or block.t == 'Header'
    if block.t == 'BlockQuote' and not seen then
      seen = true
      kept:extend(pandoc.Blocks({ pandoc.RawBlock('typst', '#lead[') }) .. block.content .. { pandoc.RawBlock('typst', ']') })
    else
      kept:insert(block)
    end
  end
  return kept
end

-- A note that was given before is referred to, not printed again.
local noted, notes_seen = {}, 0
local function note_once(note)
  local text = pandoc.utils.stringify(pandoc.Pandoc(note.content))
  if noted[text] then return pandoc.RawInline('typst', '#footnote(<note-' .. noted[text] .. '>)') end
  notes_seen = notes_seen + 1
  noted[text] = notes_seen
  return { note, pandoc.RawInline('typst', '<note-' .. notes_seen .. '>') }
end

local function opening() return pandoc.RawBlock('typst', '#opening()') end

local function piece(blocks)
  if #blocks == 0 then return blocks end
  return pandoc.Blocks({ pandoc.RawBlock('typst', PIECE) }) .. pandoc.Blocks(blocks) .. { pandoc.RawBlock('typst', ']') }
end

-- The first piece below a heading, or of the document, is told so.
local function counted(blocks)
  local first = true
  for i, block in ipairs(blocks) do
    if block.t == 'Header' then first = true end
    if block.t == 'RawBlock' and block.text == PIECE then
      blocks[i] = pandoc.RawBlock('typst', '#piece(first: ' .. tostring(first) .. ')[')
      first = false
    end
  end
  return blocks
end

function Pandoc(document)
  local blocks = led(blocks_of(document, { tamed = tamed, figure = figure, dressed = dressed, apart = apart, opening = opening, piece = piece }))
  -- pandoc leaves a leading "- ", "= " or "..." in a table cell to Typst, which would make a list of it: every word goes as a string
  local function word(str) return pandoc.RawInline('typst', '#' .. literal(str.text) .. ';') end
  return pandoc.Pandoc(counted(leads_kept(blocks)):walk({ Table = fit }):walk({ Note = note_once }):walk({ Str = word }))
end
