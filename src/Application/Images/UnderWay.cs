namespace ImageBackend.Application.Images;

/// <summary>How long an upload or a publish may take: anything younger is left to the request that works on it.</summary>
public static class UnderWay
{
    /// <summary>Both take seconds; a slow storage and its retries take minutes.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(10);
}
