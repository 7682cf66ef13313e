using ImageBackend.Application.Abstractions;

namespace ImageBackend.Web.Http;

/// <summary>The part that a request asks for, if the answer will be that part: decided as by ASP.NET, which sends the answer.</summary>
internal static class AskedPart
{
    /// <returns>Null to open everything.</returns>
    public static BytePart? Of(HttpRequest request)
    {
        if (request.Headers.Range is not [{ } range] || range.Contains(',', StringComparison.Ordinal)
            || request.GetTypedHeaders() is not { Range: { Unit.Value: "bytes", Ranges: { Count: 1 } ranges } } headers)
        {
            return null; // if several parts are requested, everything is sent
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
