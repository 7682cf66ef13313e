namespace ImageBackend.Web.Http;

/// <summary>A request that can't be served as it is; everything here goes back to the client.</summary>
/// <param name="code">One of the codes in docs/http.md.</param>
/// <param name="detail">What is wrong, for people.</param>
internal sealed class RefusedRequestException(int status, string code, string detail, long? limit = null, long? actual = null) : Exception(detail)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public long? Limit { get; } = limit;

    public long? Actual { get; } = actual;
}
