namespace ImageBackend.Web.Http;

/// <summary>Lets only calls through whose form has the secret, once; keeps the form for the endpoint.</summary>
internal sealed class SecretFilter(ApiSecret secret, Receiving receiving) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        receiving.Form(context.HttpContext.Request);
        ApiForm form = await ApiForm.ReadAsync(context.HttpContext);
        if (!form.IsGiven("secret"))
        {
            return Problems.Result(StatusCodes.Status401Unauthorized, "secret_missing", "The form has no field 'secret'.");
        }

        // As in c2c: a list of one secret, or a number that reads like it, is not the secret.
        if (form.Text("secret") is not { } given || !secret.Matches(given))
        {
            return Problems.Result(StatusCodes.Status403Forbidden, "secret_wrong", "The field 'secret' is not the secret key.");
        }

        context.HttpContext.Features.Set(form);
        return await next(context);
    }
}

internal static class SecretFilterExtensions
{
    public static RouteHandlerBuilder RequireSecret(this RouteHandlerBuilder route) => route.AddEndpointFilter<SecretFilter>();

    /// <returns>The form that <see cref="SecretFilter"/> let through.</returns>
    public static ApiForm Form(this HttpContext context) => context.Features.Get<ApiForm>() ?? throw new InvalidOperationException("The route does not require the secret.");
}
