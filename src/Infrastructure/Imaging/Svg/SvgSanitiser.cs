using System.Text;
using System.Xml;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Svg;

/// <summary>Copies of a drawing what an allow-list names, and nothing else: no script, no handler, no reference to anything outside of it.</summary>
/// <remarks>
/// Gone are elements and attributes that are not in <see cref="SvgVocabulary"/> (with all that is in them), other
/// namespaces, the document type, comments and instructions. What is left is written by an XML writer of our own choice of
/// names, so no renderer can read it otherwise. To clean it once more changes no byte.
/// </remarks>
internal static class SvgSanitiser
{
    private const string XLink = "http://www.w3.org/1999/xlink";
    private const string Xml = "http://www.w3.org/XML/1998/namespace";

    /// <param name="document">In any encoding that its first bytes tell.</param>
    /// <returns>UTF-8.</returns>
    /// <exception cref="XmlException">Not well-formed, or with entities of its own.</exception>
    /// <exception cref="InvalidImageException">No drawing, or past a limit of <see cref="SvgLimits"/>.</exception>
    public static byte[] Clean(byte[] document)
    {
        using MemoryStream source = new(document, writable: false);
        using XmlReader reader = XmlReader.Create(source, new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Ignore, // a reference to an entity is then an error
            XmlResolver = null,
            MaxCharactersInDocument = SvgDocument.MaxBytes,
        });
        using MemoryStream result = new(document.Length);
        using (XmlWriter writer = XmlWriter.Create(result, new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            OmitXmlDeclaration = true,
            NewLineHandling = NewLineHandling.Entitize, // line ends in attributes survive
        }))
        {
            new Copy(reader, writer).Run();
        }

        byte[] clean = new byte[result.Length];
        result.Position = 0;
        result.ReadExactly(clean);
        return clean;
    }

    private sealed class Copy(XmlReader reader, XmlWriter writer)
    {
        private readonly SvgLimits _limits = new();
        private readonly EmbeddedPictures _pictures = new();
        private readonly Stack<string> _open = new();
        private int? _droppedDepth;

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
                    writer.WriteEndElement();
                    _open.Pop();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace when _open.TryPeek(out string? around):
                    Text(around);
                    break;
            }
        }

        private void Element()
        {
            string name = reader.LocalName;
            // Without any namespace a drawing was meant too; it is given one.
            bool isKept = reader.NamespaceURI is SvgVocabulary.Namespace or "" && SvgVocabulary.Elements.Contains(name);
            if (_open.Count == 0 && !(isKept && name == "svg"))
            {
                throw new InvalidImageException(InvalidImageException.BrokenImage, "The document is no SVG drawing.");
            }

            if (!isKept || !IsHarmlessAnimation(name) || !IsHarmlessStyle(name))
            {
                _droppedDepth = reader.IsEmptyElement ? null : reader.Depth;
                return;
            }

            bool isEmpty = reader.IsEmptyElement;
            writer.WriteStartElement(name, SvgVocabulary.Namespace);
            if (_open.Count == 0)
            {
                writer.WriteAttributeString("xmlns", "xlink", null, XLink);
            }

            for (bool more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
            {
                Attribute(name);
            }

            if (isEmpty)
            {
                writer.WriteEndElement();
                return;
            }

            _open.Push(name);
        }

        private bool IsHarmlessAnimation(string name) =>
            !SvgVocabulary.Animations.Contains(name)
            || reader.GetAttribute("attributeName") is not { } target
            || (SvgVocabulary.Attributes.Contains(target) && target is not ("id" or "class" or "style" or "attributeName"));

        private bool IsHarmlessStyle(string name) =>
            name != "style" || reader.GetAttribute("type") is null or "" or "text/css";

        private void Attribute(string element)
        {
            string value = reader.Value;
            if (reader.NamespaceURI == Xml && reader.LocalName is "space" or "lang")
            {
                writer.WriteAttributeString("xml", reader.LocalName, Xml, value);
            }
            else if (reader.LocalName == "href" && reader.NamespaceURI is "" or XLink && Reference(element, value) is { } reference)
            {
                writer.WriteAttributeString(reader.NamespaceURI == XLink ? "xlink" : null, "href", reader.NamespaceURI, reference);
            }
            else if (reader.NamespaceURI.Length == 0 && SvgVocabulary.Attributes.Contains(reader.LocalName) && ValueOf(reader.LocalName, value) is { } clean)
            {
                writer.WriteAttributeString(reader.LocalName, clean);
            }
        }

        private string? Reference(string element, string value)
        {
            string reference = value.Trim();
            return SvgVocabulary.IsFragment(reference) && element is not ("image" or "feImage") ? reference
                : element is "image" or "feImage" ? _pictures.Clean(reference)
                : null;
        }

        private static string? ValueOf(string attribute, string value) =>
            attribute == "style" ? SvgStyle.CleanDeclarations(value)
            : SvgVocabulary.Properties.Contains(attribute) ? SvgStyle.CleanValue(value)
            : SvgVocabulary.IsHarmless(value) ? value
            : null;

        private void Text(string around)
        {
            string text = around == "style" ? SvgStyle.CleanSheet(reader.Value) : reader.Value;
            if (text.Length > 0) // an empty one would be written too: as an end tag of its own
            {
                writer.WriteString(text);
            }
        }
    }
}
