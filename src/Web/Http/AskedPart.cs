using ImageBackend.Application.Abstractions;

namespace ImageBackend.Web.Http;

/// <summary>The part that a request asks for, where the answer will be that part: as ASP.NET decides it, who sends the answer.</summary>
internal static class AskedPart
{
    /// <returns>Null: all is to be opened.</returns>
    public static BytePart? Of(HttpRequest request)
    {
        if (request.Headers.Range is not [{ } range] || range.Contains(',', StringComparison.Ordinal)
            || request.GetTypedHeaders() is not { Range: { Unit.Value: "bytes", Ranges: { Count: 1 } ranges } } headers)
        {
            return null; // of several parts all is sent
        }

        BytePart part = new(ranges.Single().From, ranges.Single().To);
        return headers.IfRange switch
        {
            null => part,
            { LastModified: { } date } => part with { IfWrittenBy = date },
            { EntityTag: { IsWeak: false } tag } => part with { IfETag = tag.Tag.ToString().Trim('"') },
            _ => null,
        };
    }
}
