-- Turns the notebook that docx.py has prepared into a document for Word and WPS; shared.lua stands before it.

local function styled(name, blocks) return pandoc.Div(blocks, pandoc.Attr('', {}, { ['custom-style'] = name })) end

local function tamed(blocks)
  return blocks:walk(tame):walk({
    -- a picture in prose is no deliverable: its words stay
    Image = function(image) return pandoc.Str(pandoc.utils.stringify(image.caption)) end,
    HorizontalRule = function() return {} end,
  })
end

-- A picture with its words for those who do not see it, and its title below.
local function figure(image)
  local size = image.attributes.width and { width = image.attributes.width } or {}
  local shown = pandoc.Image({ pandoc.Str(image.attributes.alt or '') }, image.src, '', pandoc.Attr('', {}, size))
  local title = image.attributes.title
  local found = pandoc.Blocks({ styled(title and 'Captioned Figure' or 'Figure', { pandoc.Para({ shown }) }) })
  if title then found:insert(styled('Image Caption', { pandoc.Para({ pandoc.Str(title) }) })) end
  return found
end

-- Gives a table the title of its resource unless it has one, and sets the paragraphs behind it as its notes.
local function dressed(blocks, title)
  local kept, seen = pandoc.Blocks({}), false
  for _, block in ipairs(blocks) do
    if block.t == 'Table' then
      block.attr = pandoc.Attr()
      if not seen and title and #block.caption.long == 0 then block.caption.long = { pandoc.Plain({ pandoc.Str(title) }) } end
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
  local function whole(blocks) return blocks end
  local blocks = blocks_of(document, {
    tamed = tamed, figure = figure, dressed = dressed, apart = whole, piece = whole,
    opening = function() return pandoc.RawBlock('openxml', '<w:p><w:r><w:br w:type="page"/></w:r></w:p>') end,
  })
  return pandoc.Pandoc(blocks, document.meta)
end
