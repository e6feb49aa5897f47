-- Turns the notebook that docx.py has prepared into a document for Word and WPS; shared.lua stands before it.

local function styled(name, blocks) return pandoc.Div(blocks, pandoc.Attr('', {}, { ['custom-style'] = name })) end

local function tamed(blocks)
  return blocks:walk(tame):walk({
    -- a picture in prose is no deliverable: its words stay
    Image = function(image) return pandoc.Str(pandoc.utils.stringify(image.caption)) end,
    HorizontalRule = function() return {} end,
  })
end

local NAMES = { zh = { Table = '表', Figure = '图' }, en = { Table = 'Table', Figure = 'Figure' } }
local names, counted = NAMES.zh, { Table = 0, Figure = 0 }

-- A title with its number as a field, as the writer's own command sets it: numbers follow when somebody adds a table or takes one out.
local function numbered(kind, words)
  counted[kind] = counted[kind] + 1
  local field = '<w:fldSimple w:instr=" SEQ %s \\* ARABIC "><w:r><w:t>%d</w:t></w:r></w:fldSimple>'
  local found = pandoc.Inlines({ pandoc.Str(names[kind] .. '\u{a0}'), pandoc.RawInline('openxml', field:format(names[kind], counted[kind])), pandoc.Str('\u{2003}') })
  found:extend(words)
  return found
end

-- A picture with its words for those who do not see it, and its title below.
local function figure(image)
  local size = image.attributes.width and { width = image.attributes.width } or {}
  local shown = pandoc.Image({ pandoc.Str(image.attributes.alt or '') }, image.src, '', pandoc.Attr('', {}, size))
  local title = image.attributes.title
  local found = pandoc.Blocks({ styled(title and 'Captioned Figure' or 'Figure', { pandoc.Para({ shown }) }) })
  if title then found:insert(styled('Image Caption', { pandoc.Para(numbered('Figure', { pandoc.Str(title) })) })) end
  return found
end

-- Gives a table the title of its resource unless it has one, and sets the paragraphs behind it as its notes.
local function dressed(blocks, title)
  local kept, seen = pandoc.Blocks({}), false
  for _, block in ipairs(blocks) do
    if block.t == 'Table' then
      block.attr = pandoc.Attr()
      if not seen and title and #block.caption.long == 0 then block.caption.long = { pandoc.Plain({ pandoc.Str(title) }) } end
      if #block.caption.long > 0 then block.caption.long = { pandoc.Plain(numbered('Table', block.caption.long[1].content)) } end
      seen = true
      kept:insert(block)
    elseif seen and block.t == 'Para' then
      kept:insert(styled('Notes', { block }))
    else
      kept:insert(block)
    end
  end
  return kept
end

function Pandoc(document)
  local lang = pandoc.utils.stringify(document.meta.lang or '')
  if lang:sub(1, 2) == 'en' then names = NAMES.en end
  local function whole(blocks) return blocks end
  local blocks = blocks_of(document, {
    tamed = tamed, figure = figure, dressed = dressed, apart = whole, piece = whole,
    opening = function() return pandoc.RawBlock('openxml', '<w:p><w:r><w:br w:type="page"/></w:r></w:p>') end,
  })
  return pandoc.Pandoc(blocks, document.meta)
end
