-- Turns the notebook that pdf.py has prepared into the body of briefing.typ.
-- Whatever comes from users stays text: pandoc escapes it, or it is written as a Typst string.

local READER = 'commonmark+pipe_tables+footnotes+strikeout'
-- widths are counted in half ems: a Chinese character is 2; the page has this many at the size the template gives a table
local CAPACITY = { few = 103, many = 124 }
local MANY_COLUMNS = 6
local CELL_PADDING = 2.6

local function literal(text)
  local one_line = text:gsub('%s+', ' ')
  return '"' .. one_line:gsub('\\', '\\\\'):gsub('"', '\\"') .. '"'
end

-- ---------------------------------------------------------------------------------------------------- text and links

local function plain_text(raw)
  if raw.text:match('^<!%-%-') then return {} end
  if raw.text:lower():match('^<br%s*/?>$') then return pandoc.LineBreak() end
  return pandoc.Str(raw.text)
end

local function east_asian(text, from_end)
  if text == '' then return false end
  local code = utf8.codepoint(text, from_end and utf8.offset(text, -1) or 1)
  return code >= 0x2E80 and code < 0x1F000
end

-- A line break in the source is no space between Chinese characters.
local function join_lines(inlines)
  local joined = pandoc.List()
  for i, inline in ipairs(inlines) do
    local before, after = inlines[i - 1], inlines[i + 1]
    if not (inline.t == 'SoftBreak' and before and after and east_asian(pandoc.utils.stringify(before), true)
        and east_asian(pandoc.utils.stringify(after), false)) then
      joined:insert(inline)
    end
  end
  return pandoc.Inlines(joined)
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

local tame = {
  traverse = 'topdown',
  RawInline = plain_text,
  RawBlock = function(raw)
    local text = plain_text(raw)
    return text.t and pandoc.Para({ text }) or {}
  end,
  Inlines = join_lines,
  Cite = function(cite) return cite.content end,
  Link = function(link)
    -- a printed page has neither the neighbouring notebook nor the anchor
    if not link.target:match('^https?://') and not link.target:match('^mailto:') then return link.content end
    link.identifier = ''
    return link
  end,
  Span = function(span) return span.content end,
  Image = attached,
  Header = function(header) header.attr = pandoc.Attr(); return header end,
}

-- ------------------------------------------------------------------------------------------------------------ tables

local function wide(code) return code >= 0x2E80 and 2 or 1.08 end

-- Returns the width of the longest line and of the longest piece that cannot be broken.
local function widths_of(text)
  local line, longest_line, piece, longest_piece = 0, 0, 0, 0
  for _, code in utf8.codes(text) do
    local width = wide(code)
    if code == 10 then line, piece, width = 0, 0, 0 end
    line = line + width
    piece = (code == 32 or code == 45 or width == 2) and width or piece + width
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

-- Short columns get what they need, long ones share the rest by the root of their length.
local function shares(natural, least, capacity)
  local given, open, rest = {}, {}, capacity
  for i = 1, #natural do open[i] = true end
  local settled = true
  while settled do
    settled = false
    local count = 0
    for _ in pairs(open) do count = count + 1 end
    for i = 1, #natural do
      if open[i] and natural[i] <= rest / count then
        given[i], open[i], rest, settled = natural[i], nil, rest - natural[i], true
        count = count - 1
      end
    end
  end
  local roots = 0
  for i in pairs(open) do roots = roots + math.sqrt(natural[i]) end
  local total = 0
  for i = 1, #natural do
    given[i] = given[i] or math.max(least[i], rest * math.sqrt(natural[i]) / roots)
    total = total + given[i]
  end
  for i = 1, #given do given[i] = given[i] / total end
  return given
end

local function break_long_pieces(tbl, limit)
  local every = math.max(4, math.floor(limit))
  local function broken(str)
    if #str.text <= every then return nil end
    return pandoc.Str((str.text:gsub('[!-~]+', function(run)
      return (run:gsub(('.'):rep(every), '%0\u{200B}'))
    end)))
  end
  return tbl:walk({ Str = broken })
end

local function fit(tbl)
  for _, spec in ipairs(tbl.colspecs) do
    if spec[2] then return tbl end -- the author gave widths
  end
  local columns = #tbl.colspecs
  local capacity = columns > MANY_COLUMNS and CAPACITY.many or CAPACITY.few
  local limit = 1.5 * capacity / columns
  local natural, least, too_long = {}, {}, false
  for i = 1, columns do natural[i], least[i] = 2 + CELL_PADDING, 2 + CELL_PADDING end
  each_cell(tbl, function(i, cell)
    if cell.col_span == 1 and natural[i] then
      local line, piece = widths_of(cell_text(cell))
      too_long = too_long or piece > limit
      natural[i] = math.max(natural[i], line + CELL_PADDING)
      least[i] = math.max(least[i], math.min(piece, limit) + CELL_PADDING)
    end
  end)
  if too_long then tbl = break_long_pieces(tbl, limit - CELL_PADDING) end
  local given = shares(natural, least, capacity)
  tbl.colspecs = tbl.colspecs:map(function(spec) return spec end)
  for i = 1, columns do tbl.colspecs[i] = { tbl.colspecs[i][1], given[i] } end
  return tbl
end

-- ----------------------------------------------------------------------------------------------------------- outputs

local function figure(image)
  local caption = image.attributes.title
  return pandoc.RawBlock('typst', string.format('#plate(%s, %s, %s)',
    literal(image.src), literal(image.attributes.alt or ''), caption and literal(caption) or 'none'))
end

local function titled(blocks, title)
  if not title or title == '' or pandoc.utils.stringify(blocks):find(title, 1, true) then return blocks end
  for _, block in ipairs(blocks) do
    if block.t == 'Table' then
      block.caption.long = { pandoc.Plain({ pandoc.Str(title) }) }
      break
    end
  end
  return blocks
end

-- pdf.py leaves one representation in an output, and beside a table the resource that names it.
local function output(div)
  local title, blocks
  for _, block in ipairs(div.content) do
    if block.t == 'Para' and block.content[1] and block.content[1].t == 'Image' then
      return { figure(block.content[1]) }
    elseif block.t == 'CodeBlock' and block.classes:includes('json') then
      title = pandoc.json.decode(block.text).title
    elseif block.t == 'RawBlock' then
      blocks = pandoc.read(block.text, block.format == 'html' and 'html' or READER).blocks
    elseif block.t == 'CodeBlock' then
      blocks = pandoc.Blocks({ block })
    end
  end
  return blocks and titled(blocks:walk(tame), title) or {}
end

local function cell(div)
  local blocks = pandoc.Blocks({})
  if div.classes:includes('markdown') then return pandoc.Blocks(div.content):walk(tame) end
  for _, block in ipairs(div.content) do
    if block.t == 'Div' and block.classes:includes('output') then blocks:extend(output(block)) end
  end
  return blocks
end

-- ---------------------------------------------------------------------------------------------------------- headings

-- The first level-one heading is the title, which stands in the title block. The others may skip no level.
local function level_headings(blocks)
  local open, title_seen = {}, false
  return blocks:walk({
    Header = function(header)
      if header.level == 1 and not title_seen then
        title_seen = true
        return {}
      end
      while #open > 0 and open[#open] >= header.level do table.remove(open) end
      table.insert(open, header.level)
      header.level = #open
      return header
    end,
  })
end

function Pandoc(document)
  local blocks = pandoc.Blocks({})
  for _, block in ipairs(document.blocks) do
    if block.t == 'Div' and block.classes:includes('cell') then blocks:extend(cell(block)) end
  end
  return pandoc.Pandoc(level_headings(blocks):walk({ Table = fit }))
end
