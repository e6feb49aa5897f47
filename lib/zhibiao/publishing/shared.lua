-- What every format shares: how outputs and prose of the prepared notebook are read. Put before the filter of a format.
-- Whatever comes from users stays text: pandoc escapes it.

-- nothing here lets Markdown carry mathematics, citations, attributes or another format
local READER = 'markdown_strict+all_symbols_escapable+pipe_tables+table_captions+footnotes+strikeout'
  .. '+backtick_code_blocks+fenced_code_blocks+intraword_underscores+lists_without_preceding_blankline'
  .. '+space_in_atx_header'
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

local tame = {
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
  Div = function(div) return div.content end,
  Header = function(header) header.attr = pandoc.Attr(); return header end,
}

-- The first level-one heading of the prose is the title, which stands in the title block.
local title_seen = false
local function without_title(blocks)
  for i, block in ipairs(blocks) do
    if block.t == 'Header' and block.level == 1 and not title_seen then
      title_seen = true
      blocks:remove(i)
      break
    end
  end
  return blocks
end

-- ---------------------------------------------------------------------------------------------------------- headings

-- No level may be skipped, and no heading be empty.
local function level_headings(blocks)
  local open = {}
  return blocks:walk({
    Header = function(header)
      if pandoc.utils.stringify(header):match('^%s*$') then return {} end
      while #open > 0 and open[#open] >= header.level do table.remove(open) end
      table.insert(open, header.level)
      header.level = #open
      return header
    end,
  })
end

-- ------------------------------------------------------------------------------------------------- cells and outputs

-- What a document is made of. A format gives: tamed(blocks), figure(image) → blocks, dressed(blocks, title),
-- apart(blocks), which may part one output into pages, opening(), which begins a new page, and piece(blocks), an output whole.
local function blocks_of(document, format)
  -- one representation is left in an output, and beside a table the resource that names it
  local function output(div)
    local title, blocks
    for _, block in ipairs(div.content) do
      if block.t == 'Para' and block.content[1] and block.content[1].t == 'Image' then
        return format.figure(block.content[1])
      elseif block.t == 'CodeBlock' and block.classes:includes('json') then
        title = pandoc.json.decode(block.text).title
      elseif block.t == 'RawBlock' then
        blocks = pandoc.read(block.text, block.format == 'html' and 'html' or READER).blocks
      elseif block.t == 'CodeBlock' then
        blocks = pandoc.Blocks({ block })
      end
    end
    return blocks and format.dressed(format.apart(format.tamed(blocks)), title) or {}
  end

  local function cell(div)
    if div.classes:includes('markdown') then
      local prose = without_title(format.tamed(pandoc.Blocks(div.content)))
      if (div.attributes.tags or ''):match('"page"') then prose:insert(1, format.opening()) end
      return prose
    end
    local blocks = pandoc.Blocks({})
    for _, block in ipairs(div.content) do
      if block.t == 'Div' and block.classes:includes('output') then blocks:extend(format.piece(output(block))) end
    end
    return blocks
  end

  local blocks = pandoc.Blocks({})
  for _, block in ipairs(document.blocks) do
    if block.t == 'Div' and block.classes:includes('cell') then blocks:extend(cell(block)) end
  end
  return level_headings(blocks)
end
