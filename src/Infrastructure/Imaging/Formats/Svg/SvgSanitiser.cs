using System.Text;
using System.Xml;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <summary>
/// Copies the parts of a drawing that an allow-list names, and nothing else: no script, no handler, no reference to anything outside.
/// </summary>
/// <remarks>
/// It removes elements and attributes that are not in <see cref="SvgVocabulary"/> (with everything inside them), other
/// namespaces, the document type, comments and instructions. An XML writer writes the rest, with names that we choose, so no
/// renderer can read it differently. Cleaning it again changes no byte.
/// </remarks>
internal static class SvgSanitiser
{
    private const string XLink = "http://www.w3.org/1999/xlink";
    private const string Xml = "http://www.w3.org/XML/1998/namespace";

    /// <param name="document">What <see cref="SvgText.Read"/> returned.</param>
    /// <exception cref="XmlException">Not well-formed, or contains entities that are not plain text.</exception>
    /// <exception cref="InvalidImageException">Not a drawing, or over a limit of <see cref="SvgLimits"/>.</exception>
    public static SvgCopy Clean(string document, SvgForm form)
    {
        using XmlReader reader = XmlReader.Create(new StringReader(document), new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Parse, // only what SvgText has left of it
            XmlResolver = null,
            MaxCharactersFromEntities = UploadLimits.MaxDrawingBytes,
        });
        using MemoryStream result = new(document.Length);
        Copy copy;
        using (XmlWriter writer = XmlWriter.Create(result, new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            OmitXmlDeclaration = true,
            NewLineHandling = NewLineHandling.Entitize, // line ends in attributes survive
        }))
        {
            copy = new Copy(reader, writer, form);
            copy.Run();
        }

        byte[] clean = new byte[result.Length];
        result.Position = 0;
        result.ReadExactly(clean);
        return new SvgCopy(clean, copy.RootSize!, copy.HasDropped, copy.HasDroppedUnseen);
    }

    private sealed class Copy(XmlReader reader, XmlWriter writer, SvgForm form)
    {
        private readonly SvgLimits _limits = new();
        private readonly EmbeddedPictures _pictures = new();
        private readonly SvgStyle _style = new(form);
        private readonly Stack<string> _open = new();
        private readonly StringBuilder _sheet = new();
        private int? _droppedDepth;
        private bool _hasDropped;
        private bool _hasDroppedUnseen;

        /// <summary>Size of the root, once that was reached.</summary>
        public SvgSize? RootSize { get; private set; }

        public bool HasDropped => _hasDropped || _style.HasDropped;

        public bool HasDroppedUnseen => _hasDroppedUnseen || _style.HasDroppedUnseen;

        public void Run()
        {
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    _limits.Count(reader);
                }

                if (_droppedDepth is { } depth)
                {
                    _droppedDepth = reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth ? null : depth;
                }
                else
                {
                    Take();
                }
            }

            _limits.CheckExpansion();
        }

        private void Take()
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    Element();
                    break;
                case XmlNodeType.EndElement:
                    if (_open.Pop() == "style")
                    {
                        Sheet();
                    }

                    writer.WriteEndElement();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace when _open.TryPeek(out string? around):
                    if (around == "style")
                    {
                        _sheet.Append(reader.Value); // a sheet may be written in several pieces
                    }
                    else
                    {
                        Text(reader.Value);
                    }

                    break;
            }
        }

        private void Element()
        {
            string name = reader.LocalName;
            // A document without any namespace is also meant as a drawing; it is given the namespace.
            bool isOfDrawing = reader.NamespaceURI is SvgVocabulary.Namespace or "";
            bool isKept = isOfDrawing && SvgVocabulary.Elements.Contains(name);
            if (_open.Count == 0 && !(isKept && name == "svg"))
            {
                throw new InvalidImageException(InvalidImageException.UnsupportedFormat, "The file is not an SVG drawing: its root element is not svg.");
            }

            // Inside a style element only text counts.
            bool isInStyle = _open.TryPeek(out string? around) && around == "style";
            if (!isKept || isInStyle || !IsHarmlessAnimation(name) || !IsHarmlessStyle(name))
            {
                _hasDroppedUnseen |= isOfDrawing && name == "foreignObject" && around != "switch"; // a switch contains an alternative
                _droppedDepth = reader.IsEmptyElement ? null : reader.Depth;
                return;
            }

            bool isEmpty = reader.IsEmptyElement;
            SvgSize? size = _open.Count == 0 ? SvgSize.Of(reader) : null;
            RootSize ??= size;
            Root root = size is null ? default : new Root(reader.GetAttribute("style"), reader.GetAttribute("font-size"), reader.GetAttribute("viewBox"));
            writer.WriteStartElement(name, SvgVocabulary.Namespace);
            if (size is not null)
            {
                writer.WriteAttributeString("xmlns", "xlink", null, XLink);
            }

            _style.References.Clear();
            string? id = reader.GetAttribute("id");
            string? used = Attributes(name, size);
            _limits.Enter(_open.Count, id, name == "use" ? used : null, _style.References);
            if (size is not null)
            {
                Size(size, root);
            }

            if (isEmpty)
            {
                writer.WriteEndElement();
                return;
            }

            _open.Push(name);
            _sheet.Clear();
        }

        /// <returns>What the element refers to, if the reference is kept.</returns>
        private string? Attributes(string name, SvgSize? size)
        {
            bool hasReference = reader.GetAttribute("href") is not null; // the newer form takes precedence, valid or not
            string? used = null;
            for (bool more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
            {
                if (reader.LocalName == "href" && reader.NamespaceURI is "" or XLink)
                {
                    if (!hasReference || reader.NamespaceURI.Length == 0)
                    {
                        used = Reference(name);
                    }
                }
                else
                {
                    Attribute(size);
                }
            }

            return used;
        }

        private bool IsHarmlessAnimation(string name) =>
            !SvgVocabulary.Animations.Contains(name)
            || reader.GetAttribute("attributeName") is not { } target
            || (SvgVocabulary.Attributes.Contains(target) && target is not ("id" or "class" or "style" or "attributeName"));

        private bool IsHarmlessStyle(string name) =>
            name != "style" || (reader.GetAttribute("type") ?? string.Empty).Trim() is "" or "text/css";

        // The size is written as the last of the root's attributes, unless it is there already and means the same everywhere.
        private void Size(SvgSize size, Root root)
        {
            if (!size.HasWidth || form == SvgForm.Rendered)
            {
                writer.WriteAttributeString("width", SvgSize.Text(size.Width));
            }

            if (!size.HasHeight || form == SvgForm.Rendered)
            {
                writer.WriteAttributeString("height", SvgSize.Text(size.Height));
            }

            if (form != SvgForm.Rendered)
            {
                return;
            }

            if (root.FontSize is null)
            {
                writer.WriteAttributeString("font-size", "16px"); // as in browsers; our renderer's default is 12
            }

            if (BackgroundOf(root.Style) is { } background)
            {
                // Browsers paint it, our renderer does not. Ten times as large as the picture, it also covers the area beside a viewBox.
                double[] box = SvgSize.Box(root.ViewBox) ?? [0, 0, size.Width, size.Height];
                writer.WriteStartElement("rect", SvgVocabulary.Namespace);
                writer.WriteAttributeString("x", SvgSize.Text(box[0] - (10 * box[2])));
                writer.WriteAttributeString("y", SvgSize.Text(box[1] - (10 * box[3])));
                writer.WriteAttributeString("width", SvgSize.Text(21 * box[2]));
                writer.WriteAttributeString("height", SvgSize.Text(21 * box[3]));
                writer.WriteAttributeString("style", $"fill:{background};stroke:none");
                writer.WriteEndElement();
            }
        }

        private string? BackgroundOf(string? style) =>
            (style is null ? null : _style.CleanDeclarations(style))?.Split(';')
                .Select(declaration => declaration.Split(':', 2))
                .LastOrDefault(parts => parts[0] is "background" or "background-color")?[1];

        // At an attribute; size is the root's, if this is the root.
        private void Attribute(SvgSize? size)
        {
            string name = reader.LocalName;
            string value = reader.Value;
            if (reader.NamespaceURI == Xml && name is "space" or "lang")
            {
                writer.WriteAttributeString("xml", name, Xml, value);
            }
            else if (reader.NamespaceURI.Length == 0 && SvgVocabulary.Attributes.Contains(name))
            {
                if (form == SvgForm.Rendered && name == "requiredFeatures")
                {
                    return; // today's browsers always consider it met
                }

                if (size is not null && ((name == "width" && (!size.HasWidth || form == SvgForm.Rendered)) || (name == "height" && (!size.HasHeight || form == SvgForm.Rendered))))
                {
                    return;
                }

                string? clean = ValueOf(name, value, isOfRoot: size is not null);
                if (form == SvgForm.Unfiltered && size is null && name != "id" && clean != value)
                {
                    bool isOpaque = SvgStyle.IsOpaque(value);
                    _hasDroppedUnseen |= isOpaque;
                    clean = isOpaque ? null : value;
                }

                _hasDropped |= clean is null && name != "style";
                if (clean is not null)
                {
                    writer.WriteAttributeString(name, clean);
                }
            }
        }

        // At an href; it is kept if it refers to the document itself, or is a picture.
        private string? Reference(string element)
        {
            string reference = reader.Value.Trim();
            bool isPicture = element is "image" or "feImage";
            string? clean = isPicture ? _pictures.Clean(reference) : SvgVocabulary.IsFragment(reference) ? reference : null;
            // A browser shows nothing from outside in a picture either.
            _hasDroppedUnseen |= isPicture && clean is null && reference.AsSpan().TrimStart().StartsWith("data:", StringComparison.OrdinalIgnoreCase);
            if (clean is null)
            {
                return null;
            }

            writer.WriteAttributeString(reader.NamespaceURI == XLink ? "xlink" : null, "href", reader.NamespaceURI, clean);
            return isPicture ? null : clean[1..];
        }

        private string? ValueOf(string attribute, string value, bool isOfRoot) =>
            attribute == "style" ? _style.CleanDeclarations(value, isOfRoot)
            : attribute is "values" or "from" or "to" or "by" ? CleanSteps(value)
            : attribute is "gradientTransform" or "patternTransform" || SvgVocabulary.Properties.Contains(attribute) || (form == SvgForm.Rendered && SvgVocabulary.Lengths.Contains(attribute)) ? _style.CleanValue(value)
            : SvgVocabulary.IsHarmless(attribute, value) ? value
            : null;

        // An animation assigns each value to an attribute, which may be a CSS property.
        private string? CleanSteps(string value)
        {
            string?[] steps = [.. value.Split(';').Select(_style.CleanValue)];
            return steps.Contains(null) ? null : string.Join(';', steps);
        }

        private void Sheet()
        {
            string sheet = _sheet.ToString();
            string clean = _style.CleanSheet(sheet);
            if (form == SvgForm.Unfiltered && clean != sheet)
            {
                bool isOpaque = SvgStyle.IsOpaque(sheet);
                _hasDroppedUnseen |= isOpaque;
                clean = isOpaque ? clean : sheet;
            }

            Text(clean);
        }

        private void Text(string text)
        {
            if (text.Length > 0) // an empty text would be written too, as a separate end tag
            {
                writer.WriteString(text);
            }
        }

        private readonly record struct Root(string? Style, string? FontSize, string? ViewBox);
    }
}
